//! Tells the language of a text.
//!
//! A script that one language writes tells it. Where many share a script, their function words do: a dozen words of a
//! sentence are enough, and looking them up costs a hundredth of weighing every trigram. Where those don't tell, a
//! classifier of letter sequences is asked.

use std::sync::LazyLock;

use crate::text::{
    lexicon::{entries, table::Table},
    script::is_word,
    vocabulary::key::{Key, Letters},
};

/// How much of a text is looked at, in bytes: so much first, and if that does not tell clearly, more.
const SAMPLE_BYTES: [usize; 2] = [448, 1024];

/// By how much one language has to be ahead of all others, for a look at more to change nothing.
const CLEARLY: u32 = 3;

/// How much of it is given to the classifier, in bytes.
const CLASSIFIED_BYTES: usize = 256;

/// The fewest words and letters the classifier is asked about.
const CLASSIFIED_WORDS: u32 = 4;
const CLASSIFIED_LETTERS: u32 = 20;

/// A script, as far as it tells languages apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    /// Shared by many languages.
    Latin,
    Cyrillic,
    Arabic,
    Hebrew,
    Devanagari,
    /// Ideographs, which Japanese shares.
    Han,
    Kana,
    /// Written by one language: its code.
    Only(&'static str),
}

/// The code and the function words of each language that shares its script.
struct FunctionWords {
    codes: Vec<(&'static str, Script)>,
    /// To each word, the languages that have it: a bit each.
    words: Table,
}

static FUNCTION_WORDS: LazyLock<FunctionWords> = LazyLock::new(|| {
    let lines = entries(include_str!("../../../data/function_words.txt")).filter_map(|line| line.split_once(':'));
    let languages: Vec<(&str, &str)> = lines.collect();
    let script = |words: &str| words.chars().find(|c| c.is_alphabetic()).map_or(Script::Latin, script_of);
    FunctionWords {
        codes: languages.iter().map(|&(code, words)| (code, script(words))).collect(),
        words: Table::of(
            languages
                .iter()
                .zip(0..64)
                .flat_map(|(&(_, words), language)| words.split_whitespace().map(move |word| (word, 1 << language))),
        ),
    }
});

/// What a sample of the text holds.
struct Evidence {
    /// How many letters there are of each script.
    letters: Vec<(Script, u32)>,
    words: u32,
    /// By language: its function words, each the heavier the fewer languages share it.
    scores: [u32; 64],
    /// By language: how many of the words are its function words.
    hits: [u32; 64],
}

/// The BCP-47 code of the language that `text` is in, judged by its first kilobyte; `und` when that can't be told.
#[must_use]
pub fn detect(text: &str) -> &'static str {
    let [first, sample] = SAMPLE_BYTES.map(|bytes| &text[..text.floor_char_boundary(bytes)]);
    let glance = Evidence::of(first);
    if let [(Script::Latin, _)] = glance.letters[..]
        && let Some(code) = glance.by_words(Script::Latin, CLEARLY)
    {
        return code;
    }
    let evidence = if first.len() == sample.len() { glance } else { Evidence::of(sample) };
    let total: u32 = evidence.letters.iter().map(|&(_, count)| count).sum();
    let kana = evidence.letters_of(Script::Kana);
    let han = evidence.letters_of(Script::Han);
    if (kana + han) * 2 > total {
        return if kana * 10 > han { "ja" } else { "zh" };
    }
    let Some(&(script, count)) = evidence.letters.iter().max_by_key(|&&(_, count)| count) else { return "und" };
    if count * 5 < total * 3 {
        return "und";
    }
    match script {
        Script::Only(code) => code,
        _ => evidence.by_words(script, 1).or_else(|| evidence.by_sequences(sample, script)).unwrap_or(match script {
            Script::Hebrew => "he",
            Script::Arabic => "ar",
            Script::Devanagari => "hi",
            _ => "und",
        }),
    }
}

impl Evidence {
    fn of(sample: &str) -> Self {
        let table = &*FUNCTION_WORDS;
        let mut evidence = Self { letters: Vec::new(), words: 0, scores: [0; 64], hits: [0; 64] };
        let mut latin = 0;
        let bytes = sample.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let begin = at;
            if bytes[at].is_ascii() && !bytes[at].is_ascii_alphabetic() {
                at += 1;
                continue;
            }
            if let Some(letters) = Letters::at(bytes, begin)
                && (1..16).contains(&letters.len())
                && bytes.get(begin + letters.len()).is_some_and(u8::is_ascii)
            {
                // With what follows it, which is no letter.
                at += letters.len() + 1;
                latin += u32::try_from(letters.len()).unwrap_or(u32::MAX);
                evidence.weigh(Some(letters.key), table);
                continue;
            }
            while at < bytes.len() && bytes[at].is_ascii_alphabetic() {
                at += 1;
            }
            if at < bytes.len() && bytes[at] >= 128 {
                at = evidence.weigh_beyond_ascii(sample, begin, table);
            } else {
                latin += u32::try_from(at - begin).unwrap_or(u32::MAX);
                evidence.weigh(Key::of_short_ascii(bytes, begin, at - begin), table);
            }
        }
        evidence.count(Script::Latin, latin);
        evidence
    }

    /// Weighs the word at `begin`, which is not all ASCII; answers where it ends.
    fn weigh_beyond_ascii(&mut self, sample: &str, begin: usize, table: &FunctionWords) -> usize {
        let rest = &sample[begin..];
        let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = &rest[..len];
        if len == 0 {
            return begin + rest.chars().next().map_or(1, char::len_utf8);
        }
        for c in word.chars().filter(|c| c.is_alphabetic()) {
            self.count(script_of(c), 1);
        }
        self.weigh(Some(Key::of(word.to_lowercase().as_bytes())), table);
        begin + len
    }

    fn count(&mut self, script: Script, letters: u32) {
        match self.letters.iter_mut().find(|(counted, _)| *counted == script) {
            Some((_, count)) => *count += letters,
            None if letters > 0 => self.letters.push((script, letters)),
            None => {}
        }
    }

    #[inline]
    fn weigh(&mut self, word: Option<Key>, table: &FunctionWords) {
        self.words += 1;
        let Some(word) = word else { return };
        let mut languages = table.words.get(word);
        if languages == 0 {
            return;
        }
        let weight = 60 / languages.count_ones();
        while languages != 0 {
            let language = languages.trailing_zeros() as usize;
            self.scores[language] += weight;
            self.hits[language] += 1;
            languages &= languages - 1;
        }
    }

    fn letters_of(&self, script: Script) -> u32 {
        self.letters.iter().find(|&&(counted, _)| counted == script).map_or(0, |&(_, count)| count)
    }

    /// The language whose function words these are: enough of them, and more than any other's, so many `times`.
    fn by_words(&self, script: Script, times: u32) -> Option<&'static str> {
        let table = &*FUNCTION_WORDS;
        let of_script = || (0..).zip(&table.codes).filter(|(_, (_, of))| *of == script);
        let (best, &(code, _)) = of_script().max_by_key(|&(language, _)| self.scores[language])?;
        let second =
            of_script().filter(|&(language, _)| language != best).map(|(language, _)| self.scores[language]).max();
        let [hits, score] = [self.hits[best], self.scores[best]];
        let is_enough = hits >= 2 && score >= 60 && hits * 10 >= self.words;
        (is_enough && score > times * second.unwrap_or(0)).then_some(code)
    }

    /// The language whose letters follow each other like this, where both halves of the sample agree on it.
    fn by_sequences(&self, sample: &str, script: Script) -> Option<&'static str> {
        let letters = self.letters_of(script);
        if self.words < CLASSIFIED_WORDS
            || letters < CLASSIFIED_LETTERS
            || !matches!(script, Script::Latin | Script::Cyrillic)
        {
            return None;
        }
        let sample = &sample[..sample.floor_char_boundary(CLASSIFIED_BYTES)];
        let (front, back) = sample.split_at(sample.floor_char_boundary(sample.len() / 2));
        let language = whichlang::detect_language(front);
        (language == whichlang::detect_language(back)).then(|| code_of(language)).flatten()
    }
}

/// The code of a language of the classifier's; none for one whose script tells it.
fn code_of(language: whichlang::Lang) -> Option<&'static str> {
    use whichlang::Lang;
    Some(match language {
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
        Lang::Ara | Lang::Cmn | Lang::Hin | Lang::Jpn | Lang::Kor => return None,
    })
}

/// The script a letter belongs to.
fn script_of(letter: char) -> Script {
    match letter {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Only("el"),
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{530}'..='\u{58f}' => Script::Only("hy"),
        '\u{590}'..='\u{5ff}' => Script::Hebrew,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' => {
            Script::Arabic
        }
        '\u{900}'..='\u{97f}' => Script::Devanagari,
        '\u{980}'..='\u{9ff}' => Script::Only("bn"),
        '\u{a00}'..='\u{a7f}' => Script::Only("pa"),
        '\u{a80}'..='\u{aff}' => Script::Only("gu"),
        '\u{b00}'..='\u{b7f}' => Script::Only("or"),
        '\u{b80}'..='\u{bff}' => Script::Only("ta"),
        '\u{c00}'..='\u{c7f}' => Script::Only("te"),
        '\u{c80}'..='\u{cff}' => Script::Only("kn"),
        '\u{d00}'..='\u{d7f}' => Script::Only("ml"),
        '\u{d80}'..='\u{dff}' => Script::Only("si"),
        '\u{e00}'..='\u{e7f}' => Script::Only("th"),
        '\u{e80}'..='\u{eff}' => Script::Only("lo"),
        '\u{f00}'..='\u{fff}' => Script::Only("bo"),
        '\u{1000}'..='\u{109f}' => Script::Only("my"),
        '\u{10a0}'..='\u{10ff}' => Script::Only("ka"),
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => Script::Only("ko"),
        '\u{1200}'..='\u{139f}' => Script::Only("am"),
        '\u{1780}'..='\u{17ff}' => Script::Only("km"),
        '\u{1800}'..='\u{18af}' => Script::Only("mn"),
        '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => Script::Kana,
        '\u{3005}'..='\u{3007}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Script::Han,
        _ => Script::Latin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_languages() {
        let check = |expected: &str, text: &str| assert_eq!(detect(text), expected, "{text}");
        check("en", "The minister said that the talks would go on until Friday.");
        check("en", "“We go,” said Gil. He was in the room with his aides.");
        check("en", "Hundreds march against plans to shut village schools");
        check("de", "Der Minister sagte, die Gespräche würden bis Freitag fortgesetzt.");
        check("fr", "Le ministre a déclaré que les pourparlers se poursuivraient jusqu'à vendredi.");
        check("es", "El ministro dijo que las conversaciones seguirían hasta el viernes.");
        check("it", "Il ministro ha detto che i colloqui proseguiranno fino a venerdì.");
        check("pt", "O ministro disse que as conversas vão continuar até sexta-feira.");
        check("nl", "De minister zei dat de gesprekken tot vrijdag zouden doorgaan.");
        check("sv", "Ministern sade att samtalen skulle fortsätta till fredag och inte längre.");
        check("da", "Ministeren sagde, at forhandlingerne ville fortsætte til fredag, og at det ikke blev dyrt.");
        check("no", "Statsråden sa at forhandlingene ikke blir ferdige før fredag, men at det går bra nå.");
        check("fi", "Ministeri sanoi, että neuvottelut jatkuvat perjantaihin, mutta hän ei ole varma.");
        check("pl", "Minister powiedział, że rozmowy potrwają do piątku i nie będzie przerwy.");
        check("tr", "Bakan görüşmelerin cuma gününe kadar süreceğini ve bunun iyi bir haber olduğunu söyledi.");
        check("vi", "Bộ trưởng nói rằng các cuộc đàm phán sẽ kéo dài đến thứ sáu và không có gì mới.");
        check("ru", "Министр сказал, что переговоры продлятся до пятницы.");
        check("uk", "Міністр сказав, що переговори триватимуть до п'ятниці, але це не все.");
        check("el", "Ο υπουργός είπε ότι οι συνομιλίες θα συνεχιστούν.");
        check("he", "השר אמר כי השיחות יימשכו עד יום שישי.");
        check("ar", "قال الوزير إن المحادثات ستستمر حتى يوم الجمعة.");
        check("fa", "وزیر گفت که این گفتگوها تا روز جمعه ادامه دارد و خبری نیست.");
        check("hi", "मंत्री ने कहा कि बातचीत शुक्रवार तक चलेगी।");
        check("th", "รัฐมนตรีกล่าวว่าการเจรจาจะดำเนินต่อไป");
        check("ja", "大臣は協議が金曜日まで続くと述べた。");
        check("zh", "部长说会谈将持续到星期五。");
        check("ko", "장관은 회담이 금요일까지 계속될 것이라고 말했다.");
        check("ka", "მინისტრმა თქვა, რომ მოლაპარაკებები გაგრძელდება.");
        check("und", "");
        check("und", "   \n");
        check("und", "1234 5678, 90 %.");
        check("und", "OK");
        check("und", "🙂🙂🙂");
        check("und", "xq zrtk vbn qqq");
        check("und", "Москва Tokyo");
    }

    #[test]
    fn looks_at_the_beginning_alone() {
        let text = format!(
            "{}{}",
            "The talks will go on, and the minister is in the room. ".repeat(30),
            "é".repeat(2_000_000)
        );
        assert_eq!(detect(&text), "en");
    }
}
