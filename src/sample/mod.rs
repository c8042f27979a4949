//! The sample programme: fictional organisations and people, made through the actions themselves.

use crate::error::Result;
use crate::web::Site;

/// Loads it.
///
/// # Errors
/// An action refuses.
pub fn load(_site: &Site) -> Result<()> {
    Ok(())
}

/// One sign-in link for each kind of user: role, name, address.
///
/// # Errors
/// The database's.
pub fn sign_in_links(_site: &Site) -> Result<Vec<(&'static str, String, String)>> {
    Ok(Vec::new())
}
