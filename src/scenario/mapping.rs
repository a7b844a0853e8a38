//! Small steps in building the tree that is written out.

use serde_yaml::{Mapping, Value};

pub(super) fn put(map: &mut Mapping, key: &str, value: impl Into<Value>) {
    map.insert(key.into(), value.into());
}

pub(super) fn put_some(map: &mut Mapping, key: &str, value: Mapping) {
    if !value.is_empty() {
        put(map, key, value);
    }
}

pub(super) fn one(key: &str, value: impl Into<Value>) -> Value {
    let mut map = Mapping::new();
    put(&mut map, key, value);
    map.into()
}

pub(super) fn named<'n, T: Into<Value>>(entries: impl Iterator<Item = (&'n str, T)>) -> Mapping {
    entries.map(|(name, value)| (name.into(), value.into())).collect()
}
