//! Pages of assessment.
use crate::web::Routes;
pub(super) fn routes() -> Routes { Routes::new() }
