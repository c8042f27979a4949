//! A cell of a table; `web/cell.html` shows it.

/// A cell of a list.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The head of its column, for a phone.
    pub label: String,
    /// What it says.
    pub text: String,
    /// What is said beside it, smaller.
    pub more: String,
    /// Where it leads.
    pub href: Option<String>,
    /// The shape of its tag, if it is one.
    pub tone: Option<&'static str>,
    /// The value of a box to tick, whose name the text then is.
    pub tick: Option<String>,
    /// Is it a number?
    pub number: bool,
}

impl Cell {
    /// Plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A link.
    #[must_use]
    pub fn link(text: impl Into<String>, href: String) -> Self {
        Self {
            href: Some(href),
            ..Self::text(text)
        }
    }

    /// A word in a shape.
    #[must_use]
    pub fn tag(text: &str, tone: &'static str) -> Self {
        Self {
            tone: Some(tone),
            ..Self::text(text)
        }
    }

    /// A number.
    #[must_use]
    pub fn number(n: &impl ToString) -> Self {
        Self {
            number: true,
            ..Self::text(n.to_string())
        }
    }

    /// A box to tick.
    #[must_use]
    pub fn tick(label: String, value: String) -> Self {
        Self {
            tick: Some(value),
            ..Self::text(label)
        }
    }

    /// With this beside it.
    #[must_use]
    pub fn more(mut self, text: impl Into<String>) -> Self {
        self.more = text.into();
        self
    }
}
