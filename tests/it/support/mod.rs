//! Things that tests of several rooms share.

pub mod app;
pub mod conforms;
pub mod counted;
pub mod fixtures;
pub mod live;
pub mod process;
pub mod s3;
pub mod scale;
pub mod smtp_sink;
pub mod tables;
