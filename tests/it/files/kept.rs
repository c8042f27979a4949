//! Uploads that are taken in together: all of them, or none.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;

use banyan::error::{Error, Result};
use banyan::files::Store;

fn two(store: &Store) -> [PathBuf; 2] {
    let folder = store.incoming().unwrap();
    ["one", "two"].map(|name| {
        let path = folder.join(name);
        std::fs::write(&path, name).unwrap();
        path
    })
}

fn stored(store: &Store) -> usize {
    store.older_than(Duration::ZERO).unwrap().len()
}

#[test]
fn of_uploads_that_belong_together_all_are_kept_or_none() {
    let root = std::env::temp_dir().join(format!("banyan-kept-{}", uuid::Uuid::now_v7()));
    let store = Store::new(&root);
    // The second is gone: the first does not stay behind, and nothing is recorded.
    let mut paths = two(&store);
    paths[1] = root.join("nowhere");
    let recorded = Cell::new(false);
    let done: Result<()> = store.keeping(&paths, |_keys| {
        recorded.set(true);
        Ok(())
    });
    assert!(done.is_err() && !recorded.get());
    assert_eq!(stored(&store), 0);
    // Both are there and cannot be recorded.
    let paths = two(&store);
    let done: Result<()> = store.keeping(&paths, |keys| {
        assert_eq!(keys.len(), 2);
        Err(Error::Stale)
    });
    assert!(matches!(done, Err(Error::Stale)));
    assert_eq!(stored(&store), 0);
    let paths = two(&store);
    let keys = store.keeping(&paths, |keys| Ok(keys.to_vec())).unwrap();
    let mut bytes = Vec::new();
    store.copy_to(&keys[1], &mut bytes).unwrap();
    assert_eq!((bytes.as_slice(), stored(&store)), (&b"two"[..], 2));
    std::fs::remove_dir_all(root).unwrap();
}
