//! People: who they are, how they are named, how they are reached and how they sign in.

pub mod rules;
pub mod accounts;
pub mod bulk;
