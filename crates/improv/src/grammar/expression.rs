//! Exact arithmetic on the arguments of rules.

use std::fmt;

/// A fraction in lowest terms, its denominator positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fraction {
    numerator: i64,
    denominator: i64,
}

impl Fraction {
    pub(super) const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// `None` for a denominator of 0, or figures that 64 bits do not hold.
    pub(super) fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let common = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let common =
            i128::try_from(common).ok().filter(|&c| c != 0 && denominator != 0)? * denominator.signum();
        let part = |n: i128| i64::try_from(n / common).ok();
        Some(Self { numerator: part(numerator)?, denominator: part(denominator)? })
    }

    pub(super) const fn numerator(self) -> i64 {
        self.numerator
    }

    pub(super) const fn denominator(self) -> i64 {
        self.denominator
    }

    pub(super) const fn is_negative(self) -> bool {
        self.numerator < 0
    }

    fn apply(self, operator: ArithmeticOperator, other: Self) -> Option<Self> {
        if let (1, 1) = (self.denominator, other.denominator) {
            let whole = match operator {
                ArithmeticOperator::Add => self.numerator.checked_add(other.numerator),
                ArithmeticOperator::Subtract => self.numerator.checked_sub(other.numerator),
                ArithmeticOperator::Multiply => self.numerator.checked_mul(other.numerator),
                ArithmeticOperator::Divide => None,
            };
            if let Some(numerator) = whole {
                return Some(Self { numerator, denominator: 1 });
            }
        }
        let [a, b, c, d] =
            [self.numerator, self.denominator, other.numerator, other.denominator].map(i128::from);
        match operator {
            ArithmeticOperator::Add => Self::new(a * d + c * b, b * d),
            ArithmeticOperator::Subtract => Self::new(a * d - c * b, b * d),
            ArithmeticOperator::Multiply => Self::new(a * c, b * d),
            ArithmeticOperator::Divide => Self::new(a * d, b * c),
        }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let cross = |a: &Self, b: &Self| i128::from(a.numerator) * i128::from(b.denominator);
        Some(cross(self, other).cmp(&cross(other, self)))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            d => write!(f, "{}/{d}", self.numerator),
        }
    }
}

const fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArithmeticOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A step of an expression, in postfix order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Number(Fraction),
    /// The argument at this place on the left side of the rule.
    Argument(usize),
    ArithmeticOperator(ArithmeticOperator),
}

/// An expression in postfix order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Expression(pub(super) Vec<Operation>);

impl Expression {
    /// Its value; `None` for a division by zero, or figures that 64 bits do not hold.
    pub(super) fn value(&self, arguments: &[Fraction]) -> Option<Fraction> {
        if let [Operation::Number(number)] = *self.0 {
            return Some(number);
        }
        let mut stack = Vec::with_capacity(self.0.len());
        for step in &self.0 {
            let value = match *step {
                Operation::Number(number) => number,
                Operation::Argument(place) => *arguments.get(place)?,
                Operation::ArithmeticOperator(operator) => {
                    let right: Fraction = stack.pop()?;
                    let left: Fraction = stack.pop()?;
                    left.apply(operator, right)?
                }
            };
            stack.push(value);
        }
        stack.pop()
    }
}

/// A condition on the arguments of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) left: Expression,
    pub(super) relation: RelationalOperator,
    pub(super) right: Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RelationalOperator {
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    More,
}

impl Condition {
    pub(super) fn holds(&self, arguments: &[Fraction]) -> bool {
        let values = self.left.value(arguments).zip(self.right.value(arguments));
        values.is_some_and(|(left, right)| match self.relation {
            RelationalOperator::Less => left < right,
            RelationalOperator::AtMost => left <= right,
            RelationalOperator::Equal => left == right,
            RelationalOperator::Unequal => left != right,
            RelationalOperator::AtLeast => left >= right,
            RelationalOperator::More => left > right,
        })
    }
}
