//! Enrolments: the trainee's record from accepting a seat to completing, with its number, the name
//! on the certificate, an emergency contact and the consents given at the start.
pub mod rules;
