//! Letters: what they say, how they look, and how they leave the house.
//!
//! A room that writes to people has an enum of its letters that is a [`Letter`]. [`render()`] makes
//! subject, text and HTML of one in the reader's language; these are what the outbox keeps, with
//! placeholders instead of links. When a letter is sent, [`fill_links`] makes the links,
//! [`compose`] the message, and [`Transport::send`] hands it to the mail server.
//!
//! Promises, each with a test of its name in `tests/it/mail/`:
//! - text and HTML say the same, because both are made from one list of blocks;
//! - no secret of a link rests in the database, and nothing that a person typed becomes a link;
//! - nothing that a person typed adds a header, a recipient or markup;
//! - what the mail server did not acknowledge is sent again under the same `Message-ID`;
//! - no mail, and no password, leaves over a connection that is not protected as configured.

mod actions;
pub mod api;
mod courier;
pub mod hold;
mod letter;
mod message;
pub mod outbox;
mod own_pages;
mod pages;
pub mod queries;
mod render;
mod smtp;
mod transport;
mod wire;
mod wrap;

pub use actions::{LetterRefusal, redrive, retry, send_again};
pub use letter::{
    Block, Body, CalendarPart, Letter, Link, Why, clean_line, clean_text, fill_links, mask_links,
};
pub use message::{Message, MessageError, Outgoing, compose, host_of, message_id};
pub use pages::{routes, state_tag};
pub use render::{Rendered, render};
pub use smtp::Limits;
pub use transport::{Kept, Outcome, Reason, Transport};
pub use wrap::width;
