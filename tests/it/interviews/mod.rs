//! Interviews: the computed timetable, from shortlists to what came of them, and who sees what of it.

mod apart;
mod hall;
mod journey;
mod properties;
mod rules;
