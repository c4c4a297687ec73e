use super::pair;
use crate::text::Span;

/// What stands between the pairs of `text`, one paragraph a line, each with a `>` for every pair around it.
fn quotations(text: &str) -> Vec<String> {
    let mut marks = Vec::new();
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let paragraph = Span::new(begin, begin + line.trim_end().len());
        pair(text, paragraph, &mut marks);
        begin += line.len();
    }
    assert!(marks.is_sorted_by_key(|mark| mark.open.begin), "{text}");
    marks.iter().map(|mark| format!("{}{}", ">".repeat(mark.depth.into()), mark.inside().of(text))).collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(quotations(text), expected, "{text}");
}

#[test]
fn doubles_pair() {
    check("“The tide is in,” said Ada. “Run.”", &["The tide is in,", "Run."]);
    check("\"The tide is in,\" said Ada. \"Run.\"", &["The tide is in,", "Run."]);
    check("''The tide is in,'' said Ada. ``Run.''", &["The tide is in,", "Run."]);
    check("“The tide is in,\" said Ada. \"Run.”", &["The tide is in,", "Run."]);
    check("It was \"late\", she said; \"very late\".", &["late", "very late"]);
    check("&quot;The tide is in,&quot; said Ada. &ldquo;Run.&rdquo;", &["The tide is in,", "Run."]);
    check("â€œThe tideâ€™s in,â€\u{9d} said Ada.", &["The tideâ€™s in,"]);
    check("â€œThe tide is in,â€ said Ada â€” twice, â€œand in.â€", &["The tide is in,", "and in."]);
    check("Ada said:\"Run.\"", &["Run."]);
    check("“The tide is in.“ Ada ran.", &["The tide is in."]);
    check("\" The tide is in , \" said Ada .", &[" The tide is in , "]);
}

#[test]
fn marks_of_other_languages_pair() {
    check("„Die Flut kommt“, sagte Ada. „Lauft!“", &["Die Flut kommt", "Lauft!"]);
    check("»Die Flut kommt«, sagte Ada. »Lauft!«", &["Die Flut kommt", "Lauft!"]);
    check("« La marée monte », dit Ada. «Courez.»", &[" La marée monte ", "Courez."]);
    check("„Przypływ nadchodzi” – mówi Ada.", &["Przypływ nadchodzi"]);
    check("”Tidvattnet kommer”, sade Ada. ”Spring!”", &["Tidvattnet kommer", "Spring!"]);
    check("艾达说：「潮水来了『真的』。」", &["潮水来了『真的』。", ">真的"]);
    check("艾达说：“潮水来了。”然后跑了", &["潮水来了。"]);
    check("艾达说:\"潮水来了\"。", &["潮水来了"]);
    check("«La «marea» sube», dijo Ada.", &["La", "marea"]);
}

#[test]
fn singles_are_told_from_apostrophes() {
    check("‘The tide’s in,’ said Ada. ‘The boys’ boat’s gone.’", &["The tide’s in,", "The boys’ boat’s gone."]);
    check("'The tide's in,' said Ada. 'It's the sailors' fault.'", &["The tide's in,", "It's the sailors' fault."]);
    check("The sailors' boat wasn't the boys' own.", &[]);
    check("It was the '90s, rock 'n' roll and 'em all.", &[]);
    check("’Twas the boys’ boat.", &[]);
    check("Ada calls it 'the gap' at the harbour's mouth.", &["the gap"]);
    check("‘This is “the gap”,’ said Ada.", &["This is “the gap”,", ">the gap"]);
    check("“This is ‘the gap’,” said Ada.", &["This is ‘the gap’,", ">the gap"]);
    check("“I saw 'the gap'\" said Ada.", &["I saw 'the gap'", ">the gap"]);
    check("He is 6' tall and 5'11\" in socks.", &[]);
    check("O'Neill's 'runnin' late' sign", &["runnin' late"]);
}

#[test]
fn quotations_run_on() {
    check("“One.\n“Two.\n“Three.”", &["One.", "Two.", "Three."]);
    check("\"One.\n\"Two.\"", &["One.", "Two."]);
    check("‘One.\n‘Two.’", &["One.", "Two."]);
    check("“One. “Two.” said Ada.", &["One.", "Two."]);
    check("“The tide is in, said Ada.", &["The tide is in, said Ada."]);
    check("The tide is in,” said Ada.", &[]);
}

#[test]
fn noise_does_no_harm() {
    check("\"\"\"\" ““““ ”””” '''' «»", &[]);
    check("“", &[]);
    check("The pipe is 6\" wide and 12\" long.", &[]);
    check("\u{300}“\u{300}a\u{200d}”\u{300}", &["\u{300}a\u{200d}"]);
}

#[test]
fn three_in_a_row_are_two_marks() {
    check("''She said 'run''' loudly.", &["She said 'run'", ">run"]);
    check("\"She said 'run'\" loudly.", &["She said 'run'", ">run"]);
}
