//! Applications: the call and its form, drafts and submissions, and the import of a registry's
//! list of applicants.

pub mod import;
pub mod route;

pub use route::Route;
