//! Tables of a rockspec, read field by field: whatever is left over at the end is an unknown field.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::error::{Error, ErrorKind, Result};
use crate::value::{Table, Value};

/// Tables in tables that a rockspec may have; real ones have five.
const DEEPEST: usize = 20;

/// Values in one rockspec; real ones have some hundred.
const MOST_VALUES: usize = 50_000;

/// Platforms that a VM counts as, in the order in which their overrides apply.
pub(super) const PLATFORMS: [&str; 2] = ["unix", "linux"];

/// Bytes of a name or value that an error shows.
const SHOWN: usize = 120;

/// A table whose keys are a sequence and names.
#[derive(Debug, Clone, Default)]
pub(super) struct Block<'a> {
    list: Vec<Node<'a>>,
    fields: BTreeMap<&'a str, Node<'a>>,
}

#[derive(Debug, Clone)]
enum Node<'a> {
    Leaf(&'a Value),
    Block(Block<'a>),
}

/// A table with the place where it stands, for errors.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    path: String,
    block: Block<'a>,
}

/// The error of a rockspec's field.
pub(super) fn invalid(field: &str, what: &str) -> Error {
    Error::new(ErrorKind::RockspecInvalid, format!("rockspec field `{field}`: {what}"))
}

/// A text of the rockspec as an error shows it.
pub(super) fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(SHOWN).collect::<String>())
}

impl<'a> Block<'a> {
    fn read(path: &str, table: &'a Table, depth: usize, values: &mut usize) -> Result<Block<'a>> {
        if depth > DEEPEST {
            return Err(invalid(path, &format!("expected at most {DEEPEST} tables in each other")));
        }
        *values += table.sequence.len() + table.pairs.len();
        if *values > MOST_VALUES {
            return Err(invalid(path, &format!("expected at most {MOST_VALUES} values in a rockspec")));
        }
        let mut block = Block::default();
        for (at, value) in table.sequence.iter().enumerate() {
            block.list.push(Node::read(&format!("{path}[{}]", at + 1), value, depth, values)?);
        }
        for (key, value) in &table.pairs {
            let name = match key {
                Value::String(name) => name.as_str(),
                _ => None,
            };
            let name = name.ok_or_else(|| invalid(path, "expected keys that are names, or 1 to n"))?;
            block.fields.insert(name, Node::read(&join(path, name), value, depth, values)?);
        }
        Ok(block)
    }

    /// Puts another table over this one: tables become one, other values replace what was there.
    fn merge(&mut self, over: Block<'a>) {
        for (at, node) in over.list.into_iter().enumerate() {
            match self.list.get_mut(at) {
                Some(own) => own.merge(node),
                None => self.list.push(node),
            }
        }
        for (name, node) in over.fields {
            match self.fields.entry(name) {
                Entry::Occupied(mut own) => own.get_mut().merge(node),
                Entry::Vacant(vacant) => drop(vacant.insert(node)),
            }
        }
    }

    /// Applies what the rockspec says for the platforms of a VM.
    fn for_our_platforms(mut self, path: &str) -> Result<Block<'a>> {
        let Some(platforms) = self.fields.remove("platforms") else { return Ok(self) };
        let Node::Block(mut platforms) = platforms else {
            return Err(invalid(&join(path, "platforms"), "expected a table"));
        };
        for platform in PLATFORMS {
            match platforms.fields.remove(platform) {
                Some(Node::Block(over)) => self.merge(over),
                Some(Node::Leaf(_)) => {
                    return Err(invalid(&format!("{path}.platforms.{platform}"), "expected a table"));
                }
                None => {}
            }
        }
        Ok(self)
    }
}

impl<'a> Node<'a> {
    fn read(path: &str, value: &'a Value, depth: usize, values: &mut usize) -> Result<Node<'a>> {
        Ok(match value {
            Value::Table(table) => Node::Block(Block::read(path, table, depth + 1, values)?),
            leaf => Node::Leaf(leaf),
        })
    }

    fn merge(&mut self, over: Node<'a>) {
        match (self, over) {
            (Node::Block(own), Node::Block(over)) => own.merge(over),
            (own, over) => *own = over,
        }
    }

    fn bytes(&self, path: &str) -> Result<&'a [u8]> {
        match self {
            Node::Leaf(Value::String(text)) => Ok(text.as_bytes()),
            Node::Leaf(other) => {
                Err(invalid(path, &format!("expected a string, got a {}", other.type_name())))
            }
            Node::Block(_) => Err(invalid(path, "expected a string, got a table")),
        }
    }

    fn text(&self, path: &str) -> Result<&'a str> {
        let text = std::str::from_utf8(self.bytes(path)?).ok();
        text.ok_or_else(|| invalid(path, "expected text in UTF-8"))
    }
}

fn join(path: &str, name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !name.is_empty() && name.bytes().all(plain) {
        let dot = if path.is_empty() { "" } else { "." };
        return format!("{path}{dot}{name}");
    }
    format!("{path}[{}]", shown(name))
}

impl<'a> Fields<'a> {
    /// The globals of an evaluated rockspec.
    pub(super) fn of_globals(table: &'a Table) -> Result<Fields<'a>> {
        let block = Block::read("", table, 0, &mut 0)?;
        if !block.list.is_empty() {
            return Err(invalid("[1]", "expected fields, such as `package`"));
        }
        Ok(Fields { path: String::new(), block })
    }

    /// A table that the rockspec does not have.
    pub(super) fn empty(path: &str) -> Fields<'a> {
        Fields { path: path.to_owned(), block: Block::default() }
    }

    /// The full name of a field in this table.
    pub(super) fn name(&self, field: &str) -> String {
        join(&self.path, field)
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.block.fields.contains_key(field)
    }

    pub(super) fn text(&mut self, field: &str) -> Result<Option<String>> {
        let Some(node) = self.block.fields.remove(field) else { return Ok(None) };
        Ok(Some(node.text(&self.name(field))?.to_owned()))
    }

    /// Text for people to read, of whatever encoding it once was.
    pub(super) fn prose(&mut self, field: &str) -> Result<Option<String>> {
        let Some(node) = self.block.fields.remove(field) else { return Ok(None) };
        Ok(Some(String::from_utf8_lossy(node.bytes(&self.name(field))?).into_owned()))
    }

    pub(super) fn boolean(&mut self, field: &str) -> Result<Option<bool>> {
        match self.block.fields.remove(field) {
            None => Ok(None),
            Some(Node::Leaf(Value::Boolean(boolean))) => Ok(Some(*boolean)),
            Some(_) => Err(invalid(&self.name(field), "expected true or false")),
        }
    }

    pub(super) fn required_text(&mut self, field: &str) -> Result<String> {
        self.text(field)?.ok_or_else(|| invalid(&self.name(field), "expected a string, and it is missing"))
    }

    pub(super) fn table(&mut self, field: &str) -> Result<Option<Fields<'a>>> {
        match self.block.fields.remove(field) {
            None => Ok(None),
            Some(Node::Block(block)) => Ok(Some(Fields { path: self.name(field), block })),
            Some(Node::Leaf(_)) => Err(invalid(&self.name(field), "expected a table")),
        }
    }

    /// A table in which the rockspec may say what differs on some platforms.
    pub(super) fn table_of_platforms(&mut self, field: &str) -> Result<Option<Fields<'a>>> {
        let Some(Fields { path, block }) = self.table(field)? else { return Ok(None) };
        let block = block.for_our_platforms(&path)?;
        Ok(Some(Fields { path, block }))
    }

    /// A list of strings, each with its full name; none when the field is missing.
    pub(super) fn list(&mut self, field: &str) -> Result<Option<Vec<(String, String)>>> {
        self.table(field)?.map(Fields::into_texts).transpose()
    }

    /// A string or a list of strings, each with its full name; none when the field is missing.
    pub(super) fn texts(&mut self, field: &str) -> Result<Option<Vec<(String, String)>>> {
        if let Some(Node::Leaf(_)) = self.block.fields.get(field) {
            let name = self.name(field);
            return Ok(self.text(field)?.map(|text| vec![(name, text)]));
        }
        self.list(field)
    }

    /// The strings of this list, each with its full name; fields beside them are unknown ones.
    pub(super) fn into_texts(mut self) -> Result<Vec<(String, String)>> {
        let texts = self.sequence()?;
        self.finish()?;
        Ok(texts)
    }

    /// Takes the strings of the sequence, each with its full name.
    pub(super) fn sequence(&mut self) -> Result<Vec<(String, String)>> {
        let list = std::mem::take(&mut self.block.list);
        let text = |(at, node): (usize, Node<'a>)| {
            let name = format!("{}[{}]", self.path, at + 1);
            let text = node.text(&name)?.to_owned();
            Ok((name, text))
        };
        list.into_iter().enumerate().map(text).collect()
    }

    /// The names of the fields that were not taken yet.
    pub(super) fn names(&self) -> Vec<&'a str> {
        self.block.fields.keys().copied().collect()
    }

    /// Takes all fields as strings of bytes.
    pub(super) fn files(mut self) -> Result<BTreeMap<String, Vec<u8>>> {
        let fields = std::mem::take(&mut self.block.fields);
        let file = |(name, node): (&'a str, Node<'a>)| {
            Ok((name.to_owned(), node.bytes(&join(&self.path, name))?.to_vec()))
        };
        let files = fields.into_iter().map(file).collect::<Result<_>>()?;
        self.finish()?;
        Ok(files)
    }

    /// Whether a field is a string, where it may be a table too.
    pub(super) fn is_text(&self, field: &str) -> bool {
        matches!(self.block.fields.get(field), Some(Node::Leaf(Value::String(_))))
    }

    /// Ends the reading: what was not taken is no field of a rockspec.
    pub(super) fn finish(self) -> Result<()> {
        if let Some(name) = self.block.fields.keys().next() {
            return Err(invalid(&self.name(name), "no such field is known; take it out, or check its name"));
        }
        if !self.block.list.is_empty() {
            return Err(invalid(&self.path, "expected fields with names, got a list"));
        }
        Ok(())
    }
}

/// A relative path that stays where it starts, without the parts that say nothing; `field` is where it
/// stands.
pub(super) fn path(field: &str, text: &str) -> Result<String> {
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let forbidden = |letter: char| letter.is_control() || letter == '\\' || letter == ':';
    let stays = !text.starts_with('/') && !parts.contains(&"..") && !text.contains(forbidden);
    if !stays || parts.is_empty() || text.len() > 1_000 {
        return Err(invalid(
            field,
            &format!(
                "path {} leads out of the package, or nowhere; expected one like `src/say.lua`",
                shown(text)
            ),
        ));
    }
    Ok(parts.join("/"))
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
