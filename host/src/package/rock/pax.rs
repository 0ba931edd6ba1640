//! Extended headers of POSIX: records of the form `LENGTH KEY=VALUE`, each on its line.

/// Keys that say nothing about what an entry is.
const PLAIN: [&str; 8] = ["atime", "ctime", "mtime", "uid", "gid", "uname", "gname", "comment"];
/// Keys of programs that say nothing about what an entry is: device and file numbers, flags, times.
const PLAIN_PREFIXES: [&str; 2] = ["SCHILY.", "LIBARCHIVE."];
/// And one among those that does.
const REAL_SIZE: &str = "SCHILY.realsize";

/// The name that an extended header gives to its entry, if it gives one.
pub(super) fn path(bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let records = records(bytes)?;
    for (at, (key, _)) in records.iter().enumerate() {
        let plain = PLAIN.contains(key) || PLAIN_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
        if *key != "path" && (!plain || *key == REAL_SIZE) {
            return Err(format!("its record `{}` changes what an entry is", key.escape_debug()));
        }
        if records[..at].iter().any(|(other, _)| other == key) {
            return Err(format!("its record `{}` is there twice", key.escape_debug()));
        }
    }
    let path = records.into_iter().find(|(key, _)| *key == "path");
    Ok(path.map(|(_, path)| path.to_vec()))
}

/// Refuses a header for all entries that holds anything but a comment.
pub(super) fn only_comment(bytes: &[u8]) -> Result<(), String> {
    match records(bytes)?.iter().find(|(key, _)| *key != "comment") {
        None => Ok(()),
        Some((key, _)) => Err(format!("its record `{}` would hold for all entries", key.escape_debug())),
    }
}

type Record<'a> = (&'a str, &'a [u8]);

fn records(mut bytes: &[u8]) -> Result<Vec<Record<'_>>, String> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let (record, rest) = record(bytes).ok_or("its records are malformed")?;
        records.push(record);
        bytes = rest;
    }
    Ok(records)
}

/// The first record and what follows it.
fn record(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let digits = bytes.iter().position(|byte| *byte == b' ')?;
    let length = number(&bytes[..digits])?;
    let (record, rest) = bytes.split_at_checked(length)?;
    let text = record.get(digits + 1..)?.strip_suffix(b"\n")?;
    let equals = text.iter().position(|byte| *byte == b'=')?;
    let key = std::str::from_utf8(&text[..equals]).ok().filter(|key| !key.is_empty())?;
    Some(((key, &text[equals + 1..]), rest))
}

/// A decimal number with nothing before it.
fn number(digits: &[u8]) -> Option<usize> {
    let plain = digits.iter().all(u8::is_ascii_digit) && digits.first() != Some(&b'0');
    std::str::from_utf8(digits).ok().filter(|_| plain)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_and_what_does_not_matter_is_not() {
        let records = b"12 path=a/b\n20 mtime=1234567.89\n29 LIBARCHIVE.creationtime=1\n";
        assert_eq!(path(records).unwrap(), Some(b"a/b".to_vec()));
        assert_eq!(path(b"11 mtime=1\n").unwrap(), None);
        assert_eq!(path(b"18 comment=a\nb=cd\n").unwrap(), None);
        only_comment(b"13 comment=a\n").unwrap();
        only_comment(b"").unwrap();
    }

    #[test]
    fn what_changes_an_entry_is_refused() {
        let refused = [
            "10 size=1\n",
            "14 linkpath=x\n",
            "22 GNU.sparse.major=1\n",
            "17 hdrcharset=xx\n",
            "8 foo=1\n",
            "21 SCHILY.realsize=1\n",
            "9 path=a\n9 path=a\n",
            "9 path=a\n9 path=b\n",
        ];
        for records in refused {
            assert!(path(records.as_bytes()).is_err(), "{records:?}");
        }
        assert!(only_comment(b"9 path=a\n").is_err());
        assert!(only_comment(b"10 size=1\n").is_err());
    }

    #[test]
    fn malformed_records_are_refused() {
        let malformed = [
            "9 path=a",
            "8 path=a\n",
            "11 path=a\n",
            "path=a\n",
            " path=a\n",
            "+9 path=a\n",
            "011 path=a\n",
            "9 path:a\n",
            "5 =a\n",
            "0 \n",
            "99999999999999999999999 path=a\n",
            "1 ",
            "9 path=a\nx",
            "\n",
            "9 path=a\n\n",
            "18446744073709551615 a=b\n",
        ];
        for records in malformed {
            assert!(path(records.as_bytes()).is_err(), "{records:?}");
        }
    }
}
