//! During a placement: pure rules, and a log's way from the trainee to the supervisor's private link.
mod journey;
mod rules;
