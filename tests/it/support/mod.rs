//! Things that tests of several rooms share.

pub mod smtp_sink;
