//! The command line: every command and flag, what it prints where, and how it exits.

use std::{
    fmt::Write as _,
    io::Write as _,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::support::{Running, path};

const WALL: &str = "examples/harbour_wall.txt";
const SHORT: &str = "“Nobody will drown,” said Ines Calder. The wall will hold. It took years 🚢 to build.";

#[test]
fn text_is_for_people_and_without_colour_where_no_terminal_is() {
    let shown = stdout(&["summarize", WALL], "");
    assert!(shown.starts_with("Council backs £48 million harbour wall after winter of floods\n\n"), "{shown}");
    assert!(shown.trim_end().ends_with(" · language en"), "{shown}");
    assert_eq!(shown.trim_end().split("\n\n").count(), 5, "a title, three sentences, a footer: {shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    let shown = stdout(&["quotes", WALL], "");
    let quote = "“We were one storm away from losing the market altogether, … Nobody in this room wants to explain";
    assert!(shown.contains(quote), "{shown}");
    assert!(shown.contains("\n    — Ines Calder (“said”, "), "{shown}");
    let shown = stdout(&["read", "examples/scraped_page.txt"], "");
    assert!(shown.contains("   title  Night trains return to the northern line after a decade\n"), "{shown}");
    assert!(shown.contains("\nleft out  Share on Facebook\n"), "{shown}");
}

#[test]
fn nothing_and_a_dash_read_standard_input() {
    let by_file = stdout(&["summarize", WALL], "");
    let article = std::fs::read_to_string(path(WALL)).unwrap();
    assert_eq!(stdout(&["summarize"], &article), by_file);
    assert_eq!(stdout(&["summarize", "-"], &article), by_file);
}

#[test]
fn flags_of_a_summary_are_obeyed() {
    let ask = |flags: &[&str]| asked("summarize", flags, WALL);
    let sentences = |answer: &Value| answer["sentences"].as_array().map_or(0, Vec::len);
    assert_eq!(sentences(&ask(&[])), 3);
    assert_eq!(sentences(&ask(&["--sentences", "5"])), 5);
    let words = ask(&["--words", "30"]);
    assert!((1..=30).contains(&words["summary"].as_str().unwrap().split_whitespace().count()), "{words}");
    let chars = ask(&["--chars", "120"]);
    assert!((1..=120).contains(&chars["summary"].as_str().unwrap().chars().count()), "{chars}");
    assert_eq!(sentences(&ask(&["--words", "1"])), 0);

    let names_piano = |answer: &Value| answer["summary"].as_str().unwrap().contains("piano");
    assert!(names_piano(&ask(&["--query", "piano upstairs at the Anchor café"])));
    assert!(!names_piano(&ask(&[])));
    let by_salience = ask(&["--sentences", "6", "--order", "salience"]);
    let salience: Vec<f64> =
        by_salience["sentences"].as_array().unwrap().iter().map(|one| one["salience"].as_f64().unwrap()).collect();
    assert!(salience.is_sorted_by(|a, b| a >= b) && salience[0] >= 1.0, "{salience:?}");
    for centrality in ["default", "lexrank", "textrank", "degree", "directed"] {
        assert_eq!(sentences(&ask(&["--centrality", centrality])), 3, "{centrality}");
    }
}

#[test]
fn reasons_are_told_when_asked_for() {
    let output = run(&["summarize", "-v", WALL], "");
    assert_eq!(text(&output.stdout).matches("    salience ").count(), 3);
    let output = run(&["summarize", "-v", "--format", "json", WALL], "");
    serde_json::from_slice::<Value>(&output.stdout).unwrap();
    assert_eq!(text(&output.stderr).matches("salience ").count(), 3, "beside the JSON, not in it");
}

#[test]
fn flags_of_quotes_are_obeyed() {
    let forms = |answer: &Value| -> Vec<String> {
        let quotes = answer["quotes"].as_array().cloned().unwrap_or_default();
        quotes.iter().map(|quote| quote["form"].as_str().unwrap().to_owned()).collect()
    };
    let without = asked("quotes", &[], WALL);
    assert!(!forms(&without).contains(&"FORM_INDIRECT".to_owned()), "{without}");
    let reported = "Ines Calder said that the wall would hold. “Nobody will drown,” she said.";
    let with = |flags: &[&str]| parsed(&[&["quotes", "--format", "json"], flags, &["-"]].concat(), reported);
    assert_eq!(forms(&with(&[])), ["FORM_DIRECT"]);
    let indirect = with(&["--indirect"]);
    assert_eq!(forms(&indirect), ["FORM_INDIRECT", "FORM_DIRECT"]);
    assert!(indirect["quotes"][0]["text"].as_str().unwrap().ends_with("the wall would hold"), "{indirect}");

    let certain = asked("quotes", &["--min-confidence", "1"], WALL);
    assert_eq!(forms(&certain), forms(&without), "the quotes stay, their attributions go");
    let confidences = |answer: &Value| -> Vec<f64> {
        let quotes = answer["quotes"].as_array().unwrap();
        quotes.iter().filter_map(|quote| quote["attribution"]["confidence"].as_f64()).collect()
    };
    assert!(confidences(&without).len() >= 5, "{without}");
    assert!(confidences(&certain).iter().all(|confidence| *confidence >= 1.0), "{certain}");
}

#[test]
fn flags_that_the_commands_share_are_obeyed() {
    let ends = [("utf8", SHORT.len()), ("utf16", SHORT.encode_utf16().count()), ("utf32", SHORT.chars().count())];
    for (encoding, end) in ends {
        let answer: Value = parsed(&["summarize", "--format", "json", "--encoding", encoding, "-"], SHORT);
        let last = answer["sentences"].as_array().unwrap().last().unwrap()["text"]["endOffset"].clone();
        assert_eq!(last, end, "{encoding}: {answer}");
    }
    for command in ["summarize", "quotes", "read"] {
        let titled: Value = parsed(&[command, "--format", "json", "--title", "A headline", "-"], SHORT);
        assert_eq!(titled["title"], "A headline");
        let german: Value = parsed(&[command, "--format", "json", "--language", "de-AT", "-"], SHORT);
        assert_eq!(german["languageCode"], "de-AT");
        let page: Value = parsed(&[command, "--format", "json", "--html", "examples/town_library.html"], "");
        assert_eq!(page["title"], "Library that lends tools now lends its neighbours too");
        assert!(page["extractedText"].as_str().unwrap().contains("Forty-three volunteers"));
    }
    let scraped = "examples/scraped_page.txt";
    assert!(asked("summarize", &[], scraped)["boilerplate"].as_array().unwrap().len() > 5);
    assert_eq!(asked("summarize", &["--keep-boilerplate"], scraped)["boilerplate"], Value::Null);
    let all: Value = parsed(&["summarize", "--format", "json", "--emit-defaults", "-"], SHORT);
    assert_eq!((&all["boilerplate"], &all["extractedText"]), (&json!([]), &json!("")));
    assert_eq!(all["sentences"][0]["sentenceIndex"], 0);
}

#[test]
fn what_is_read_covers_every_word() {
    let reading = asked("read", &[], "examples/scraped_page.txt");
    let article = std::fs::read_to_string(path("examples/scraped_page.txt")).unwrap();
    let mut end = 0;
    for sentence in reading["sentences"].as_array().unwrap() {
        let offset = |name: &str| usize::try_from(sentence[name].as_u64().unwrap()).unwrap();
        assert_eq!(article[end..offset("beginOffset")].trim(), "", "between sentences there is white space only");
        assert_eq!(&article[offset("beginOffset")..offset("endOffset")], sentence["content"].as_str().unwrap());
        assert!(["TITLE", "BODY", "REPEAT", "BOILERPLATE"].contains(&sentence["role"].as_str().unwrap()));
        assert!(sentence["paragraphIndex"].is_u64());
        end = offset("endOffset");
    }
    assert_eq!(article[end..].trim(), "");
    assert_eq!(reading["extractedText"], "");
}

#[test]
fn lines_are_answered_in_their_order_whatever_is_wrong_with_them() {
    let mut input = String::new();
    for number in 0..300 {
        let article = json!({"id": format!("{number}"), "text": format!("The {number}th wall will hold. It is {number} years old.")});
        writeln!(input, "{article}").unwrap();
    }
    input.push_str("{\"id\": \"blank\", \"text\": \" \"}\n");
    input.push_str("no JSON\n");
    input.push_str("[1, 2]\n");
    input.push_str("{\"id\": \"number\", \"text\": 7}\n");
    input.push_str("{\"id\": \"both\", \"text\": \"A.\", \"html\": \"<p>A.</p>\"}\n");
    input.push_str(
        "{\"id\": \"page\", \"html\": \"<p>It rained all day. It poured all night.</p>\", \"languageCode\": \"en\"}\n",
    );
    input.push_str("{\"id\": \"last\", \"text\": \"It rained.\", \"title\": \"Rain\", \"query\": \"rain\"}");
    for command in ["summarize", "quotes"] {
        let output = run(&[command, "--jsonl"], &input);
        assert!(output.status.success());
        assert_eq!(text(&output.stderr), "", "no progress bar where no terminal is");
        let answers: Vec<Value> =
            text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), 307);
        let ids: Vec<&str> = answers.iter().map(|answer| answer["id"].as_str().unwrap()).collect();
        let expected: Vec<String> = (0..300).map(|number| number.to_string()).collect();
        assert_eq!(ids[..300], expected);
        assert_eq!(ids[300..], ["blank", "", "", "number", "both", "page", "last"]);
        for (place, field) in
            [(300, "document.text"), (301, "line 302"), (302, "line 303"), (303, "line 304"), (304, "document")]
        {
            let error = &answers[place]["error"];
            assert_eq!((&error["code"], &error["reason"]), (&json!(3), &json!("INVALID_REQUEST")), "{error}");
            assert_eq!(error["fieldViolations"][0]["field"], field, "{error}");
            assert!(error["message"].as_str().unwrap().contains(field), "{error}");
        }
        assert_eq!(answers[305]["response"]["languageCode"], "en");
        assert_eq!(answers[306]["response"]["title"], "Rain");
    }
}

#[test]
fn a_reader_that_hangs_up_is_no_failure() {
    let mut child = command(&["summarize", "--jsonl"]).spawn().unwrap();
    drop(child.stdout.take());
    let line = format!("{}\n", json!({"id": "x", "text": SHORT}));
    let mut stdin = child.stdin.take().unwrap();
    while stdin.write_all(line.repeat(100).as_bytes()).is_ok() {}
    drop(stdin);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn exit_codes_tell_failures_from_bad_usage_and_bad_configuration() {
    for (arguments, code, told) in [
        (&["summarize", "no/such/file"][..], 1, "no/such/file"),
        (&["summarize", "src"], 1, "directory"),
        (&["quotes", "-"], 1, "document.text"),
        (&["summarize", "--server", "http://127.0.0.1:1", WALL], 1, "127.0.0.1:1"),
        (&["probe", "--server", "http://127.0.0.1:1"], 1, "127.0.0.1:1"),
        (&["sumarize"], 2, "summarize"),
        (&[], 2, "Usage"),
        (&["summarize", "--sentences=-1"], 2, "--sentences"),
        (&["summarize", "--sentences", "many"], 2, "--sentences"),
        (&["summarize", "--centrality", "best"], 2, "lexrank"),
        (&["summarize", "-v", "--jsonl"], 2, "--jsonl"),
        (&["quotes", "--min-confidence", "1.5"], 2, "from 0 to 1"),
        (&["quotes", "--min-confidence", "NaN"], 2, "from 0 to 1"),
        (&["read", "--server", "http://127.0.0.1:1"], 2, "--server"),
        (&["serve", "--max-calls", "many", "--listen", "nowhere"], 64, "--max-calls"),
        (&["serve", "--max-calls", "many", "--listen", "nowhere"], 64, "--listen"),
        (&["serve", "--config", "no/such/file"], 64, "no/such/file"),
    ] {
        let output = run(arguments, "");
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {complaint}");
        assert!(complaint.contains(told), "{arguments:?}: {complaint}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
    let output = run_bytes(&["summarize"], b"It rained.\xff It poured.");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no UTF-8 from byte 10 on"));
    assert!(stdout(&["--version"], "").starts_with("pullquote "));
    for help in [&["--help"][..], &["help", "summarize"], &["serve", "--help"]] {
        assert!(stdout(help, "").contains("Usage: pullquote"));
    }
    assert!(stdout(&["serve", "--print-config"], "").contains("listen = \"127.0.0.1:50051\"\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_as_this_process_does() {
    let server = Running::start().await;
    let url = format!("http://{}", server.address);
    let asking = tokio::task::spawn_blocking(move || {
        for arguments in [
            &["summarize", WALL][..],
            &["summarize", "--format", "json", "--encoding", "utf16", "--words", "60", "--order", "salience", WALL],
            &["summarize", "--format", "json", "--html", "examples/town_library.html"],
            &["quotes", "examples/scraped_page.txt"],
            &["quotes", "--format", "json", "--indirect", "--encoding", "utf32", WALL],
        ] {
            let remote: Vec<&str> = arguments.iter().copied().chain(["--server", &url]).collect();
            assert_eq!(stdout(&remote, ""), stdout(arguments, ""), "{arguments:?}");
        }
        let lines = format!("{}\n{}\n", json!({"id": "a", "text": SHORT}), json!({"id": "b", "text": " "}));
        for command in ["summarize", "quotes"] {
            let remote = stdout(&[command, "--jsonl", "--server", &url], &lines);
            assert_eq!(remote, stdout(&[command, "--jsonl"], &lines));
        }
        assert_eq!(run(&["probe", "--server", &url], "").status.code(), Some(0));
        let refused = run(&["summarize", "--server", &url], " ");
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(text(&refused.stderr), text(&run(&["summarize"], " ").stderr));
    });
    asking.await.unwrap();
    server.stop().await;
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pullquote"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str], input: &str) -> Output {
    run_bytes(arguments, input.as_bytes())
}

fn run_bytes(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // Beside the reading, or both would wait for each other; whoever reads no input is not told.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    output
}

fn stdout(arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn parsed(arguments: &[&str], input: &str) -> Value {
    serde_json::from_str(&stdout(arguments, input)).unwrap()
}

fn asked(command: &str, flags: &[&str], file: &str) -> Value {
    let arguments: Vec<&str> =
        [command, "--format", "json"].into_iter().chain(flags.iter().copied()).chain([file]).collect();
    parsed(&arguments, "")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
