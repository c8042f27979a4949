//! What trainees read and say.
