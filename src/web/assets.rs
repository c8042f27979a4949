//! Styles, script and pictures, carried in the binary. Their address holds a digest of their bytes,
//! so that browsers keep them for a year and never use a stale one.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// A file of `assets/`.
pub struct Asset {
    /// Its name.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

macro_rules! assets {
    ($( $name:literal : $media:literal ),+ $(,)?) => {
        /// Every asset.
        pub const ASSETS: &[Asset] = &[
            $( Asset { name: $name, media_type: $media, bytes: include_bytes!(concat!("../../assets/", $name)) } ),+
        ];
    };
}

assets! {
    "banyan.css": "text/css; charset=utf-8",
    "banyan.js": "text/javascript; charset=utf-8",
    "logo.svg": "image/svg+xml",
    "favicon.svg": "image/svg+xml",
    "roots.svg": "image/svg+xml",
}

static ADDRESSES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|asset| {
            let digest = Sha256::digest(asset.bytes);
            let short: String = digest
                .iter()
                .take(6)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            (asset.name, format!("/assets/{}?v={short}", asset.name))
        })
        .collect()
});

/// The address of an asset.
#[must_use]
pub fn address(name: &str) -> &'static str {
    ADDRESSES
        .iter()
        .find(|(n, _)| *n == name)
        .map_or("/assets/missing", |(_, address)| address.as_str())
}

/// The asset of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}
