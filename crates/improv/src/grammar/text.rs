//! Reads the text of a grammar.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::error::Error;
use super::expression::{ArithmeticOperator, Condition, Expression, Fraction, Operation, RelationalOperator};
use super::melody::{NoteCategory, Slope};
use super::rules::{ArgumentPattern, Call, Grammar, GrammarSymbol, Production};

/// The deepest brackets of an expression or of slopes.
const DEEPEST: usize = 16;

/// The most arguments of a symbol.
const MOST_ARGUMENTS: usize = 4;

/// A line that asks for exact categories and slopes.
const EXACT: &str = "exact";

type Fallible<T> = Result<T, String>;

impl FromStr for Grammar {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut reader = GrammarReader::default();
        for (i, line) in text.lines().enumerate() {
            let line_number = i + 1;
            let code = line.split('#').next().unwrap_or_default().trim();
            if code == EXACT {
                reader.exact = true;
            } else if !code.is_empty() {
                reader.line(code, line_number).map_err(|what| Error::Text { line: line_number, what })?;
            }
        }
        reader.finish()
    }
}

#[derive(Default)]
struct GrammarReader {
    rules: Vec<Production>,
    /// Symbols by name and number of arguments, each with the line that first speaks of it.
    symbols: BTreeMap<(String, usize), (usize, usize)>,
    names: Vec<String>,
    exact: bool,
}

impl GrammarReader {
    fn line(&mut self, code: &str, line: usize) -> Fallible<()> {
        let mut cursor = Cursor { rest: code, variables: Vec::new() };
        let (symbol, parameters, conditions) = if cursor.take("|") {
            let before = self.rules.last().ok_or("a line beginning with `|` needs a rule before it")?;
            cursor.variables = before.variables.clone();
            (before.symbol, before.parameters.clone(), before.conditions.clone())
        } else {
            let head = self.left_side(&mut cursor, line)?;
            cursor.expect("->")?;
            head
        };
        let body = self.body(&mut cursor, line)?;
        let weight = if cursor.take(":") { cursor.weight()? } else { 1.0 };
        if !cursor.rest.is_empty() {
            return Err(format!("`{}` is not expected here", cursor.next_word()));
        }
        let variables = cursor.variables;
        self.rules.push(Production { line, symbol, parameters, variables, conditions, body, weight });
        Ok(())
    }

    /// `Name(Y, 4) if Y >= 8`.
    fn left_side(
        &mut self,
        cursor: &mut Cursor,
        line: usize,
    ) -> Fallible<(usize, Vec<ArgumentPattern>, Vec<Condition>)> {
        let name = cursor
            .name()
            .ok_or("a rule begins with the name of a symbol, as in `Line(Y) -> Beat Line(Y-1)`")?;
        if is_terminal(name, cursor.rest) {
            return Err(format!("`{name}` is a note and cannot be replaced; choose a longer name"));
        }
        let mut parameters = Vec::new();
        if cursor.take("(") {
            loop {
                parameters.push(cursor.parameter(parameters.len())?);
                if !cursor.take(",") {
                    break;
                }
            }
            cursor.expect(")")?;
        }
        let symbol = self.symbol(name, parameters.len(), line)?;
        let conditions = if cursor.take("if") { cursor.conditions()? } else { Vec::new() };
        Ok((symbol, parameters, conditions))
    }

    fn symbol(&mut self, name: &str, arguments: usize, line: usize) -> Fallible<usize> {
        if arguments > MOST_ARGUMENTS {
            return Err(format!("`{name}` has {arguments} arguments; {MOST_ARGUMENTS} are the most"));
        }
        let next = self.names.len();
        let (symbol, _) = *self.symbols.entry((name.to_owned(), arguments)).or_insert((next, line));
        if symbol == next {
            self.names.push(name.to_owned());
        }
        Ok(symbol)
    }

    fn body(&mut self, cursor: &mut Cursor, line: usize) -> Fallible<Vec<GrammarSymbol>> {
        let mut items = Vec::new();
        let mut open = 0;
        loop {
            if cursor.take("[") {
                open += 1;
                if open > DEEPEST {
                    return Err(format!("slopes stand at most {DEEPEST} deep in each other"));
                }
                items.push(GrammarSymbol::Open(cursor.slope()?));
            } else if cursor.take("]") {
                open = usize::checked_sub(open, 1).ok_or("this `]` closes nothing")?;
                items.push(GrammarSymbol::Close);
            } else if cursor.take("~") {
                items.push(GrammarSymbol::Tie);
            } else if let Some(name) = cursor.name() {
                items.push(self.item(name, cursor, line)?);
            } else if open > 0 {
                return Err("a slope is not closed with `]`".into());
            } else {
                return Ok(items);
            }
        }
    }

    /// A note such as `C8/3` or `R(Y-2)`, or a symbol with its arguments.
    fn item(&mut self, name: &str, cursor: &mut Cursor, line: usize) -> Fallible<GrammarSymbol> {
        let (letter, figures) = name.split_at(1);
        let category = letter
            .chars()
            .next()
            .and_then(NoteCategory::from_letter)
            .filter(|_| is_terminal(name, cursor.rest));
        if let Some(category) = category {
            let length =
                if figures.is_empty() { cursor.bracketed()? } else { cursor.note_length(figures)? };
            return Ok(GrammarSymbol::Note(category, length));
        }
        let mut arguments = Vec::new();
        if cursor.take("(") {
            loop {
                arguments.push(cursor.expression(0)?);
                if !cursor.take(",") {
                    break;
                }
            }
            cursor.expect(")")?;
        }
        let symbol = self.symbol(name, arguments.len(), line)?;
        Ok(GrammarSymbol::Call(Call { symbol, arguments }))
    }

    fn finish(self) -> Result<Grammar, Error> {
        let Some(start) = self.rules.first().map(|rule| rule.symbol) else {
            return Err(Error::Text {
                line: 1,
                what: "there is no rule; write `Name -> C4 S8 S8 C2`".into(),
            });
        };
        let mut by_symbol = vec![Vec::new(); self.names.len()];
        for (i, rule) in self.rules.iter().enumerate() {
            by_symbol[rule.symbol].push(i);
        }
        for ((name, arguments), (symbol, line)) in &self.symbols {
            if by_symbol[*symbol].is_empty() {
                let what = format!("no rule says what `{name}` with {arguments} arguments becomes");
                return Err(Error::Text { line: *line, what });
            }
        }
        let first = &self.rules[0];
        if !(1..=3).contains(&first.parameters.len()) {
            let what =
                "the first rule takes the length to fill, and perhaps that of a bar and of a beat: `Solo(Y) -> …`"
                    .into();
            return Err(Error::Text { line: first.line, what });
        }
        Ok(Grammar { start, names: self.names, by_symbol, rules: self.rules, exact: self.exact })
    }
}

/// Whether a name is a note: a letter of a category with a figure or a bracket behind it.
fn is_terminal(name: &str, rest: &str) -> bool {
    let mut chars = name.chars();
    let category = chars.next().and_then(NoteCategory::from_letter);
    let figures = chars.as_str();
    let length = if figures.is_empty() {
        rest.starts_with('(')
    } else {
        figures.starts_with(|c: char| c.is_ascii_digit())
    };
    category.is_some() && length
}

/// What is left of a line, and the variables that its left side names.
struct Cursor<'a> {
    rest: &'a str,
    variables: Vec<(String, usize)>,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token).filter(|rest| {
            let word = token.ends_with(char::is_alphanumeric);
            !(word && rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        });
        self.rest = rest.map_or(self.rest, str::trim_start);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Fallible<()> {
        if self.take(token) {
            Ok(())
        } else {
            Err(format!("`{token}` is missing before `{}`", self.next_word()))
        }
    }

    fn next_word(&self) -> String {
        let word: String =
            self.rest.split_whitespace().next().unwrap_or("the end").chars().take(30).collect();
        word
    }

    /// Letters, digits and `_`, beginning with a letter. A bracket right behind it is left untouched.
    fn name(&mut self) -> Option<&'a str> {
        self.rest.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| {
            let end =
                self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
            let (name, rest) = self.rest.split_at(end);
            self.rest = rest.trim_start();
            name
        })
    }

    fn digits(&mut self) -> Option<i64> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = digits.parse().ok()?;
        self.rest = rest.trim_start();
        Some(number)
    }

    fn signed(&mut self) -> Option<i64> {
        let sign = if self.take("-") { -1 } else { 1 };
        self.digits().map(|n| sign * n)
    }

    fn whole(&mut self) -> Fallible<Fraction> {
        let number =
            self.digits().ok_or_else(|| format!("a number is missing before `{}`", self.next_word()))?;
        Fraction::new(number.into(), 1).ok_or_else(|| "the number is too large".into())
    }

    /// A variable, or a number that the argument must equal.
    fn parameter(&mut self, place: usize) -> Fallible<ArgumentPattern> {
        if let Some(name) = self.name() {
            if self.variables.iter().any(|(n, _)| n == name) {
                return Err(format!("`{name}` stands twice on the left side"));
            }
            self.variables.push((name.to_owned(), place));
            return Ok(ArgumentPattern::Any);
        }
        let number = self.expression(0)?.value(&[]);
        number
            .map(ArgumentPattern::Exactly)
            .ok_or_else(|| "an argument on the left is a name or a number".into())
    }

    fn conditions(&mut self) -> Fallible<Vec<Condition>> {
        let mut conditions = Vec::new();
        loop {
            let left = self.expression(0)?;
            let relations = [
                ("<=", RelationalOperator::AtMost),
                (">=", RelationalOperator::AtLeast),
                ("!=", RelationalOperator::Unequal),
                ("<", RelationalOperator::Less),
                (">", RelationalOperator::More),
                ("=", RelationalOperator::Equal),
            ];
            let relation = relations.into_iter().find(|(sign, _)| self.take(sign));
            let (_, relation) = relation.ok_or("a condition compares with <, <=, =, !=, >= or >")?;
            conditions.push(Condition { left, relation, right: self.expression(0)? });
            if !self.take(",") {
                return Ok(conditions);
            }
        }
    }

    /// A sum of products.
    fn expression(&mut self, depth: usize) -> Fallible<Expression> {
        let mut sum = self.product(depth)?;
        loop {
            let operator = match self.rest.as_bytes() {
                [b'+', ..] => ArithmeticOperator::Add,
                [b'-', second, ..] if *second != b'>' => ArithmeticOperator::Subtract,
                _ => return Ok(sum),
            };
            self.rest = self.rest[1..].trim_start();
            sum.0.extend(self.product(depth)?.0);
            sum.0.push(Operation::ArithmeticOperator(operator));
        }
    }

    fn product(&mut self, depth: usize) -> Fallible<Expression> {
        let mut product = self.factor(depth)?;
        loop {
            let operator = if self.take("*") {
                ArithmeticOperator::Multiply
            } else if self.take("/") {
                ArithmeticOperator::Divide
            } else {
                return Ok(product);
            };
            product.0.extend(self.factor(depth)?.0);
            product.0.push(Operation::ArithmeticOperator(operator));
        }
    }

    fn factor(&mut self, depth: usize) -> Fallible<Expression> {
        if depth > DEEPEST {
            return Err(format!("brackets stand at most {DEEPEST} deep in each other"));
        }
        if self.take("(") {
            let inner = self.expression(depth + 1)?;
            return self.expect(")").map(|()| inner);
        }
        if let Some(name) = self.name() {
            let place = self.variables.iter().find(|(n, _)| n == name).map(|&(_, place)| place);
            let place = place.ok_or_else(|| format!("`{name}` does not stand on the left side"))?;
            return Ok(Expression(vec![Operation::Argument(place)]));
        }
        self.whole().map(|number| Expression(vec![Operation::Number(number)]))
    }

    fn bracketed(&mut self) -> Fallible<Expression> {
        self.expect("(")?;
        let length = self.expression(0)?;
        self.expect(")").map(|()| length)
    }

    /// What follows the letter of a note: parts of a whole note such as `4`, `8/3` and `2+8`, as quarter notes.
    fn note_length(&mut self, figures: &str) -> Fallible<Expression> {
        let wrong = || format!("`{figures}` is not the length of a note; write 1, 2, 4, 8, 16 or 32");
        let mut part = figures.parse::<i64>().map_err(|_| wrong())?;
        let mut sum = Expression::default();
        loop {
            if !matches!(part, 1 | 2 | 4 | 8 | 16 | 32) {
                return Err(wrong());
            }
            let tuplet = if self.take("/") { self.digits().ok_or_else(wrong)? } else { 1 };
            if !(1..=15).contains(&tuplet) {
                return Err("a tuplet has 3 to 15 notes, as in 8/3".into());
            }
            let in_time_of = 1 << tuplet.ilog2();
            let length = Fraction::new(4 * in_time_of, i128::from(part * tuplet)).ok_or_else(wrong)?;
            let first = sum.0.is_empty();
            sum.0.push(Operation::Number(length));
            if !first {
                sum.0.push(Operation::ArithmeticOperator(ArithmeticOperator::Add));
            }
            if !self.take("+") {
                return Ok(sum);
            }
            part = self.digits().ok_or_else(wrong)?;
        }
    }

    /// `-4..-1` behind an opening bracket.
    fn slope(&mut self) -> Fallible<Slope> {
        let hint = "a slope gives its least and its greatest step: `[-4..-1 S8 S8]`";
        let least = self.signed().ok_or(hint)?;
        self.expect("..")?;
        let greatest = self.signed().ok_or(hint)?;
        if least > greatest || least < -127 || greatest > 127 {
            return Err("the steps of a slope run from the least to the greatest, within -127..127".into());
        }
        Ok(Slope { least: least as i32, greatest: greatest as i32 })
    }

    fn weight(&mut self) -> Fallible<f64> {
        let text = std::mem::take(&mut self.rest);
        let weight = text.parse().ok().filter(|w: &f64| w.is_finite() && (1e-9..=1e9).contains(w));
        weight.ok_or_else(|| format!("`{text}` is not a weight; write a number above 0, such as 2.5"))
    }
}
