//! Assessment over the API.
use crate::web::Routes;
/// Routes.
pub fn routes() -> Routes { Routes::new() }
