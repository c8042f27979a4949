//! Things that tests of several rooms share.

pub mod app;
pub mod fixtures;
pub mod process;
pub mod scale;
pub mod smtp_sink;
pub mod tables;
