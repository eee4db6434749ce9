//! What is run: every command of the README, and more of each kind.

/// Files that stand in the folder before the first command.
pub(super) const FILES: [(&str, &str); 2] = [
    (
        "tune.txt",
        "title: Example\nkey: F\nmeter: 4/4\ntempo: 160\n\
         [A] |: F7 | Bb7 | F7 | Cm7 F7 |1. Bb7 | C7 :|2. Gm7 C7 | F6 ||\n\
         [B] 3/4 Dm7b5 | G7alt / C7@5/2 | N.C. | 4/4 Fmaj7/C |\n",
    ),
    ("tune.abc", "X:1\nT:Short\nM:4/4\nL:1/8\nK:F\n\"F\"FGAc \"Gm7\"B2AG|\"C7\"E2G2 \"F\"F4|\n"),
];

/// A command a line, each with the words of a shell.
pub(super) const COMMANDS: &str = r#"
jam --out jam
jam --seed 3 --out jam3 --only mid,musicxml
improvise "Dm7 | G7 | Cmaj7 | %" --choruses 4 --out changes --only mid,musicxml,svg,pdf
improvise tune.txt --key Eb --tempo 180 --instrument trumpet --seed 7 --out tune --only mid,musicxml
improvise --like "Charlie Parker" --density 80 --outside 30 --laid-back 70 --out like --only mid
improvise --register 10 --space 80 --phrase-length 20 --best-of 3 --out wishes --only mid
improvise --range Bb3..F5 --longest-phrase 12 --target 5=Bb --end guide --out rules --only mid
improvise --longest-rest 2 --end any --temperature 1.2 --pitch-temperature 0.8 --top-p 0.9 --out taste --only mid
improvise --keep jam/solo.musicxml --bars 5-8 --out kept --only mid,musicxml
improvise --keep jam/solo.mid --choruses 3 --out on --only mid
improvise --trade 4 --keep jam/solo.musicxml --out traded --only mid
improvise --rhythm-of jam/solo.mid --out rhythm --only mid
improvise --pitches-of jam/solo.mid --out pitches --only mid
improvise --explain --out explained --only mid,svg
improvise --takes 3 --best-of 1 --out takes --only mid --part Bb
improvise --style ballad --tempo 60 --head tune.abc --count-in --out ballad --only mid,musicxml,pdf
improvise --style waltz --band duo --chords guitar "3/4 Dm7 | G7 | Cmaj7 | %" --choruses 4 --out waltz --only mid
improvise --style bossa --swing straight --chords vibraphone --out bossa --only mid
improvise --sound flac --rate 48000 --bits 24 --choruses 1 --out flac --only flac,mid
improvise --with classic --argmax --out argmax --only mid,svg
improvise --with classic --values 50 --start Bb4 --out values --only mid
improvise --with grammar --out grammar --only mid,musicxml
practice tune.txt --keys fourths --tempo 100..160 --out practice --sound none
practice tune.txt --loop 5-8 --mute bass --choruses 3 --out loop --sound none
practice tune.txt --trade 4 --solo jam/solo.mid --same no --faster 10 --part Bb --out trade --sound none
score jam/solo.mid --part Bb --out solo.pdf
score jam/solo.musicxml --part bass --out solo.svg
score tune.txt --out chart.svg
score tune.abc --part Eb --out short.musicxml
render jam/classic.mid --out classic.flac --out classic.mp3 --bitrate 192
explain jam/solo.mid --json --out explained.svg
explain changes/solo.musicxml --chart "Dm7 | G7 | Cmaj7 | %"
chart tune.txt
chart jam/solo.musicxml --part Bb --out tune.ireal
chart tune.ireal --out back.txt
chart tune.txt --out tune.mid
chart tune.txt --out tune.musicxml
import jam jam3 tune.abc tune.ireal --out mine.sideman
import grammar/solo.mid --melody 1 --bars 5..12 --out part.sideman --json
corpus built-in --filter style=bossa --out bossa.sideman
corpus built-in --report
corpus mine.sideman --out pieces
info mine.sideman
info jam/model.safetensors
info jam/solo.mid
info tune.txt
measure jam/solo.mid grammar/solo.mid --against built-in --json --plot measured.svg
measure mine.sideman
originality jam/solo.mid --corpus built-in
originality mine.sideman --corpus built-in --json
train jam/solo.mid grammar/solo.mid --epochs 20 --out classic.safetensors
train bossa.sideman --recipe line --size small --epochs 2 --out line.safetensors --half --remark licence=none
train grammar/solo.mid jam/solo.mid --from line.safetensors --epochs 2 --out adapted.safetensors
info line.safetensors
improvise --model adapted.safetensors "Am7 | D7 | Gmaj7 | %" --out adapted --only mid
improvise --model classic.safetensors --out own --only mid
evaluate --corpus mine.sideman --json
evaluate --model line.safetensors --corpus mine.sideman --floor built-in
surprise "Bb7 | Eb7 | Bb7 | Fm7 E7 | Eb7 | Edim7 | Bb7 | Dm7b5 G7b9 | Cm7 | B7 | Bb7 G7 | Cm7 F7" --out blues.svg
surprise tune.txt --json
reharmonize tune.txt --spice 20 --out mild.ireal
reharmonize tune.txt --spice 80 --replace --takes 2 --out hot.txt
improvise tune.txt --spice 50 --out spiced --only mid
train bossa.sideman --recipe grammar --out bossa.grammar
improvise --with grammar --grammar bossa.grammar --out learned --only mid
train tune.ireal tune.txt --recipe harmony --out own.harmony
improvise "Cm7 | F7 | Bbmaj7 | %" --chords vibraphone --tempo 120 --out vibes --only mid
bank --out bank.sf2
"#;

/// The words of a line; quotes hold words together.
pub(super) fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(i, part)| match i % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}
