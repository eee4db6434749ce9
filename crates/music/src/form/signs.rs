//! The signs of measures, and the words in which some of them are said.

/// The signs of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormSigns {
    /// A repeat begins with it.
    pub repeat_from: bool,
    /// How often what ends with it is played; 0 or 1 without a repeat sign.
    pub plays: usize,
    /// The passes, from 1, for which the ending that begins with it is played.
    pub ending: Vec<usize>,
    /// The bracket of an ending is closed behind it, where the page shows that.
    pub ending_closes: bool,
    /// A section begins with it.
    pub section: bool,
    /// A double or final bar line ends it.
    pub closes: bool,
    /// The segno stands before it.
    pub segno: bool,
    /// The sign of the coda, which may mean either that the coda is left for or that it begins.
    pub coda_sign: Option<CodaPlace>,
    /// Words say that the coda is left for behind it.
    pub to_coda: bool,
    /// After a jump, the music ends with it.
    pub fine: bool,
    /// Da capo or dal segno.
    pub jump: Option<Jump>,
    /// Words that send somewhere, but only in the last chorus or after solos.
    pub last_time: Option<String>,
}

/// Where in a measure the sign of the coda stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodaPlace {
    /// Before its music: what is left for the coda is the measure before.
    Before,
    /// Over its music: what is left for the coda is the measure itself.
    Within,
}

/// Back to the beginning or to the segno.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// To the segno, not to the beginning.
    pub to_segno: bool,
    /// How far the music then goes.
    pub end: JumpEnd,
}

/// How far the music goes behind a jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JumpEnd {
    /// Not said: to the Fine or the coda where there is one, else to the end.
    Unsaid,
    /// To the Fine.
    Fine,
    /// To the sign, and from there to the coda.
    Coda,
    /// With this ending, from 1.
    Ending(usize),
}

/// What words beside the staff say, letters and digits alone.
enum FormWords {
    Fine,
    Segno,
    ToCoda,
    Coda,
    Jump(Jump),
    LastTime,
}

/// Words that keep a jump for the last chorus.
const LAST_TIME: [&str; 8] =
    ["lasttime", "lastchorus", "aftersolo", "afterlastsolo", "finalchorus", "forending", "oncue", "onlylast"];

impl FormSigns {
    /// Takes what words beside the staff say, in any case and spacing: `Fine`, `Segno`, `To Coda`, `Coda`,
    /// `D.C. al Fine`, `Dal Segno al Coda`, `D.S. al 2nd End.`; gives whether they say anything about the form.
    pub fn take_words(&mut self, words: &str) -> bool {
        match form_words(words) {
            Some(FormWords::Fine) => self.fine = true,
            Some(FormWords::Segno) => self.segno = true,
            Some(FormWords::ToCoda) => self.to_coda = true,
            Some(FormWords::Coda) => self.coda_sign = self.coda_sign.or(Some(CodaPlace::Within)),
            Some(FormWords::Jump(jump)) => self.jump = Some(jump),
            Some(FormWords::LastTime) => self.last_time = Some(words.trim().to_owned()),
            None => return false,
        }
        true
    }
}

fn form_words(words: &str) -> Option<FormWords> {
    if words.len() > 200 {
        return None;
    }
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '⊕' | '𝄌' | '𝄋');
    let plain: String = words.to_lowercase().chars().filter(kept).collect();
    let last_time = LAST_TIME.iter().any(|said| plain.contains(said));
    match plain.as_str() {
        "fine" | "alfine" => return Some(FormWords::Fine),
        "segno" | "𝄋" => return Some(FormWords::Segno),
        "coda" | "⊕" | "𝄌" | "⊕coda" | "𝄌coda" | "coda⊕" | "coda𝄌" => {
            return Some(FormWords::Coda);
        }
        _ if ["tocoda", "to⊕", "to𝄌", "altocoda", "tothecoda"].iter().any(|said| plain.starts_with(said)) =>
        {
            return Some(FormWords::ToCoda);
        }
        _ => {}
    }
    if last_time {
        let sends = ["dcal", "dsal", "dacapo", "dalsegno"].iter().any(|said| plain.contains(said));
        let ends = plain.ends_with("tocoda");
        return ends.then_some(FormWords::ToCoda).or(sends.then_some(FormWords::LastTime));
    }
    jump(&plain).map(FormWords::Jump)
}

/// A jump from letters and digits, such as `dsal2ndend`.
fn jump(plain: &str) -> Option<Jump> {
    let names = [("dacapo", false), ("dalsegno", true), ("dc", false), ("ds", true)];
    let (how, to_segno) = names.iter().find_map(|(name, segno)| Some((plain.strip_prefix(name)?, *segno)))?;
    let how = how.trim_start_matches(['𝄋', '⊕']);
    if !["al", "to", "e", "and", "then", "senza", "no", "with"].iter().any(|word| how.starts_with(word))
        && !how.is_empty()
    {
        return None;
    }
    let number = how.chars().find_map(|c| c.to_digit(10)).filter(|&n| n > 0);
    let ends = how.contains("end") || how.contains("volta");
    let end = match number {
        Some(number) if ends => JumpEnd::Ending(number as usize),
        _ if how.contains("coda") || how.contains('⊕') || how.contains('𝄌') => JumpEnd::Coda,
        _ if how.contains("fin") => JumpEnd::Fine,
        _ => JumpEnd::Unsaid,
    };
    Some(Jump { to_segno, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_spacing() {
        let said = |words: &str| {
            let mut signs = FormSigns::default();
            assert!(signs.take_words(words), "{words}");
            signs
        };
        let jump = |to_segno, end| Some(Jump { to_segno, end });
        for words in ["D.C. al Coda", "D.C.alCoda", "dc al coda", "Da Capo al Coda", "D. C. al ⊕"] {
            assert_eq!(said(words).jump, jump(false, JumpEnd::Coda), "{words}");
        }
        for words in ["D.S. al 2nd End.", "D.S. al 2nd ending", "Dal Segno al 2nd end"] {
            assert_eq!(said(words).jump, jump(true, JumpEnd::Ending(2)), "{words}");
        }
        assert_eq!(said("D.S.alFine").jump, jump(true, JumpEnd::Fine));
        assert_eq!(said("D.C.").jump, jump(false, JumpEnd::Unsaid));
        assert!(said("ToCoda").to_coda && said("To Coda (last time)").to_coda && said("Fine.").fine);
        assert_eq!(said("Coda").coda_sign, Some(CodaPlace::Within));
        let last = said("After solos, D.C. al Coda");
        assert_eq!((last.jump, last.last_time.as_deref()), (None, Some("After solos, D.C. al Coda")));
        for words in ["", "Swing", "Discreetly", "D.J.", "Dark", "Final", "codaline"] {
            assert!(!FormSigns::default().take_words(words), "{words}");
        }
    }
}
