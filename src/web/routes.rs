//! The register: every route of the house with its door.

use crate::access::Access;
use crate::error::Result;

use super::dispatch::{Cx, Site, Visit};
use super::reply::Reply;
use super::request::Request;

/// Methods that routes are mounted under. HEAD is answered by GET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Reads; cannot act.
    Get,
    /// Acts.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// As on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// From the wire; HEAD reads as GET.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "GET" | "HEAD" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            "PATCH" => Some(Self::Patch),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }
}

/// What runs behind a door.
#[derive(Clone, Copy)]
pub enum Handler {
    /// In the request's own transaction: read-only for GET, otherwise committed unless the answer
    /// is an error. It may run again after a serialisation failure.
    Page(fn(&mut Cx<'_, '_>) -> Result<Reply>),
    /// Outside a transaction: password hashing, uploads, streams. It opens its own by the visit's
    /// actor.
    Free(fn(&Visit, &Site) -> Result<Reply>),
    /// For whoever watches the house: nobody is looked up, no turn is waited for, and the database is
    /// not touched unless the handler itself does so.
    Watch(fn(&Request, &Site) -> Reply),
}

/// What the API description says of a route under `/api`.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Unique name, such as `listApplications`.
    pub id: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Name of the schema of the request body, if there is one; a media type such as `text/csv` for a
    /// body that is no JSON.
    pub request: Option<&'static str>,
    /// Status and name of the schema of the good answer: `Thing[]` is a page of a list of things, a
    /// media type such as `text/csv` a file, an empty name an answer without body.
    pub answer: (u16, &'static str),
    /// Query parameters: name, meaning.
    pub query: &'static [(&'static str, &'static str)],
    /// Scope that a token needs.
    pub scope: &'static str,
    /// Does the answer carry an ETag, and does a change want `If-Match`?
    pub etag: bool,
}

impl Operation {
    /// Reads: answers 200 with this schema; `Thing[]` is a page of a list of things.
    #[must_use]
    pub const fn read(id: &'static str, summary: &'static str, answer: &'static str) -> Self {
        Self {
            id,
            summary,
            request: None,
            answer: (200, answer),
            query: &[],
            scope: "read",
            etag: false,
        }
    }

    /// Acts: answers with this status and schema.
    #[must_use]
    pub const fn write(
        id: &'static str,
        summary: &'static str,
        request: Option<&'static str>,
        answer: (u16, &'static str),
    ) -> Self {
        Self {
            id,
            summary,
            request,
            answer,
            query: &[],
            scope: "write",
            etag: false,
        }
    }

    /// With query parameters.
    #[must_use]
    pub const fn asking(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    /// What can be edited: its answer carries an ETag, a change wants `If-Match`.
    #[must_use]
    pub const fn versioned(mut self) -> Self {
        self.etag = true;
        self
    }
}

/// A route with its door.
#[derive(Clone)]
pub struct Door {
    /// Method.
    pub method: Method,
    /// Path with parameters in braces; a parameter's name says what it identifies.
    pub path: &'static str,
    /// Who may enter.
    pub access: Access,
    /// What runs.
    pub handler: Handler,
    /// Largest body in bytes.
    pub limit: usize,
    /// Its entry in the API description.
    pub operation: Option<Operation>,
}

/// Bodies of forms and documents.
const USUAL_LIMIT: usize = 256 * 1024;

/// The routes of a room, or of the whole house.
#[derive(Clone, Default)]
pub struct Routes {
    doors: Vec<Door>,
}

impl Routes {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A page.
    #[must_use]
    pub fn get(
        self,
        path: &'static str,
        access: Access,
        handler: fn(&mut Cx<'_, '_>) -> Result<Reply>,
    ) -> Self {
        self.at(Method::Get, path, access, Handler::Page(handler))
    }

    /// A form's action, in one transaction.
    #[must_use]
    pub fn post(
        self,
        path: &'static str,
        access: Access,
        handler: fn(&mut Cx<'_, '_>) -> Result<Reply>,
    ) -> Self {
        self.at(Method::Post, path, access, Handler::Page(handler))
    }

    /// A page that needs more than one transaction, or none.
    #[must_use]
    pub fn get_free(
        self,
        path: &'static str,
        access: Access,
        handler: fn(&Visit, &Site) -> Result<Reply>,
    ) -> Self {
        self.at(Method::Get, path, access, Handler::Free(handler))
    }

    /// An address that operators and balancers watch; open to anyone, so the handler itself decides
    /// whom it answers.
    #[must_use]
    pub fn watch(self, path: &'static str, handler: fn(&Request, &Site) -> Reply) -> Self {
        self.at(Method::Get, path, Access::Public, Handler::Watch(handler))
    }

    /// An action that needs more than one transaction, or slow work between them.
    #[must_use]
    pub fn post_free(
        self,
        path: &'static str,
        access: Access,
        handler: fn(&Visit, &Site) -> Result<Reply>,
    ) -> Self {
        self.at(Method::Post, path, access, Handler::Free(handler))
    }

    /// Any route.
    #[must_use]
    pub fn at(
        mut self,
        method: Method,
        path: &'static str,
        access: Access,
        handler: Handler,
    ) -> Self {
        self.doors.push(Door {
            method,
            path,
            access,
            handler,
            limit: USUAL_LIMIT,
            operation: None,
        });
        self
    }

    /// A route of the API, with its description.
    #[must_use]
    pub fn api(
        self,
        method: Method,
        path: &'static str,
        access: Access,
        handler: fn(&mut Cx<'_, '_>) -> Result<Reply>,
        operation: Operation,
    ) -> Self {
        self.at(method, path, access, Handler::Page(handler))
            .describe(operation)
    }

    /// A route of the API that needs more than one transaction, or none, such as a long file.
    #[must_use]
    pub fn api_free(
        self,
        method: Method,
        path: &'static str,
        access: Access,
        handler: fn(&Visit, &Site) -> Result<Reply>,
        operation: Operation,
    ) -> Self {
        self.at(method, path, access, Handler::Free(handler))
            .describe(operation)
    }

    /// Raises the last route's limit on its body, for uploads.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        if let Some(door) = self.doors.last_mut() {
            door.limit = bytes;
        }
        self
    }

    fn describe(mut self, operation: Operation) -> Self {
        if let Some(door) = self.doors.last_mut() {
            door.operation = Some(operation);
        }
        self
    }

    /// Adds another room's routes.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.doors.extend(other.doors);
        self
    }

    /// Every door, in the order of mounting.
    #[must_use]
    pub fn doors(&self) -> &[Door] {
        &self.doors
    }
}
