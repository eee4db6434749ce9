//! The record: for each command what it said and wrote, as digests and numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// How far a figure may be from its record.
const NEAR: f64 = 1e-6;

/// What is kept of one output.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// CRC-32 and length of bytes.
    Digest(u32, usize),
    /// A figure.
    Number(f64),
}

impl Entry {
    pub(super) fn digest(bytes: &[u8]) -> Self {
        Self::Digest(crc32fast::hash(bytes), bytes.len())
    }

    fn is_near(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => (a - b).abs() <= NEAR,
            _ => self == other,
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text.split_once('+') {
            Some((sum, length)) => {
                Some(Self::Digest(u32::from_str_radix(sum, 16).ok()?, length.parse().ok()?))
            }
            None => text.parse().ok().map(Self::Number),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(sum, length) => write!(f, "{sum:08x}+{length}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// By command and name of the output.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Record(BTreeMap<(String, String), Entry>);

impl Record {
    pub(super) fn add(&mut self, command: &str, entries: Vec<(String, Entry)>) {
        self.0.extend(entries.into_iter().map(|(name, entry)| ((command.to_owned(), name), entry)));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut record = Self::default();
        let mut command = "";
        for line in text.lines() {
            if let Some(next) = line.strip_prefix("$ ") {
                command = next;
            } else {
                let broken = || format!("the record cannot be read: {line}");
                let (entry, name) = line.split_once(' ').ok_or_else(broken)?;
                record.add(command, vec![(name.to_owned(), Entry::read(entry).ok_or_else(broken)?)]);
            }
        }
        Ok(record)
    }

    /// What is otherwise in `made`, a line each.
    pub(super) fn differences(&self, made: &Self) -> Vec<String> {
        let keys: BTreeMap<_, ()> = self.0.keys().chain(made.0.keys()).map(|key| (key, ())).collect();
        let difference = |key: &(String, String)| match (self.0.get(key), made.0.get(key)) {
            (Some(a), Some(b)) if a.is_near(b) => None,
            (Some(a), Some(b)) => Some(format!("{}: {}: {a}, now {b}", key.0, key.1)),
            (Some(_), None) => Some(format!("{}: {}: is not made any more", key.0, key.1)),
            (None, _) => Some(format!("{}: {}: is new", key.0, key.1)),
        };
        keys.into_keys().filter_map(difference).collect()
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = "";
        for ((command, name), entry) in &self.0 {
            if command != last {
                writeln!(f, "$ {command}")?;
                last = command;
            }
            writeln!(f, "{entry} {name}")?;
        }
        Ok(())
    }
}

/// The numbers of a JSON object, by their names.
pub(super) fn numbers(json: &[u8]) -> Option<Vec<(String, Entry)>> {
    let Value::Object(fields) = serde_json::from_slice(json).ok()? else { return None };
    let flat = fields.into_iter().flat_map(|(name, value)| match value {
        Value::Array(values) => {
            values.into_iter().enumerate().map(|(i, value)| (format!("{name}.{i}"), value)).collect()
        }
        value => vec![(name, value)],
    });
    Some(flat.filter_map(|(name, value)| Some((name, Entry::Number(value.as_f64()?)))).collect())
}

/// The names and shapes of the parameters of a checkpoint, in the order in which they lie.
pub(super) fn parameters(safetensors: &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(u64::from_le_bytes(safetensors.get(..8)?.try_into().ok()?)).ok()?;
    let header = safetensors.get(8..8usize.checked_add(length)?)?;
    let Value::Object(tensors) = serde_json::from_slice(header).ok()? else { return None };
    let mut rows: Vec<(u64, String)> = tensors
        .iter()
        .filter_map(|(name, tensor)| {
            Some((tensor["data_offsets"][0].as_u64()?, format!("{name} {}", tensor["shape"])))
        })
        .collect();
    rows.sort();
    Some(rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>().join("\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_and_tells_what_differs() {
        let mut record = Record::default();
        record.add("jam", vec![("said".into(), Entry::digest(b"a")), ("x.mid".into(), Entry::digest(b"b"))]);
        record.add("evaluate --json", numbers(b"{\"nats\": 3.25, \"interval\": [1, 2.5]}").unwrap());
        let again = Record::read(&record.to_string()).unwrap();
        assert_eq!(again, record);
        assert!(record.differences(&again).is_empty());
        let mut other = Record::read(&record.to_string()).unwrap();
        other.add("evaluate --json", vec![("nats".into(), Entry::Number(3.25 + 5e-7))]);
        assert!(record.differences(&other).is_empty());
        other.add("evaluate --json", vec![("nats".into(), Entry::Number(3.26))]);
        other.add("jam", vec![("x.mid".into(), Entry::digest(b"c")), ("new".into(), Entry::digest(b""))]);
        assert_eq!(record.differences(&other).len(), 3);
    }

    #[test]
    fn parameters_come_in_the_order_in_which_they_lie() {
        let header = br#"{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]}}"#;
        let bytes = [&(header.len() as u64).to_le_bytes()[..], header].concat();
        assert_eq!(parameters(&bytes).unwrap(), b"b [1]\na [2,1]");
        assert_eq!(parameters(b"short"), None);
    }
}
