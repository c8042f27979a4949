//! Trainees at risk: the rules, the look, the office's queue, what the trainee reads.
mod rules;
