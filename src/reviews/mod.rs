//! Reviews: who reads which application, on which rubric, and who must not. A reviewer sees no
//! file in which they have an interest.
pub mod rules;
