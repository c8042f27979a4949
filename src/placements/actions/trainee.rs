//! What trainees do: their profile, what they save, interest.
