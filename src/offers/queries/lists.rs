//! Lists of offers and of the waitlist, as the desk shows them.
