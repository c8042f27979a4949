//! The match: small runs of every kind against plain definitions, large random ones against the
//! verifier, and the verifier against results that are wrong.

mod after;
mod small;
mod command;
mod definitions;
mod every_list;
mod every_matching;
mod files;
mod edges;
mod lottery;
mod mutations;
mod properties;
mod quotas;
mod refusals;
mod told;
