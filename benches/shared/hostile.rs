//! Pages made to hurt whoever reads them.

/// The pages and a name for each: 100,000 elements in each other, and others of about `bytes`.
pub(crate) fn pages(bytes: usize) -> Vec<(&'static str, String)> {
    let fill = |piece: &str| piece.repeat(bytes / piece.len());
    vec![
        ("100,000 nested blocks", "<div>".repeat(100_000)),
        ("100,000 nested inline elements", "<b>".repeat(100_000) + "text"),
        ("tables in cells", fill("<p>a<table><td>")),
        ("lists in items", fill("<ul><li>a")),
        ("links in links", fill("<a href=x>a")),
        ("values never closed", fill("<a b=\"")),
        ("many attributes", format!("<p {}>text", fill("a b=c "))),
        ("a long class", format!("<p class='{}'>text", fill("ad "))),
        ("long classes", fill(&format!("<p class='{}'>text", "story-ad ".repeat(20)))),
        ("comments never closed", fill("<!--")),
        ("scripts never closed", fill("<script>")),
        ("closing tags without opening ones", fill("</div>")),
        ("short paragraphs", fill("<p>a")),
        ("preformatted lines", format!("<pre>{}</pre>", fill("a\n\n"))),
        ("breaks", fill("a<br>")),
        ("one long sentence", format!("<p>{}", fill("word "))),
        ("ampersands", fill("&")),
        ("character references", fill("&eacute;")),
        ("brackets", fill("<")),
        ("bytes of no kind", fill("\u{0}\u{1}<\u{80}é>")),
    ]
}
