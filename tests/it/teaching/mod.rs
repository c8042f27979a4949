//! Teaching: rules, the office's pages, what people are told, their timetables and calendars.

mod calendar;
mod desk;
mod planned;
mod properties;
mod readers;
mod rules;
mod storm;
pub mod world;
