//! SQL as text that PostgreSQL parses and plans once for each connection.
//!
//! Diesel's own `sql_query` sends its text to be parsed and planned at every call: it cannot know
//! whether the text is one of few or one of endlessly many. Ours is one of few (values are always
//! bound; a test refuses anything else), so it is prepared at its first use and kept. Everything
//! else is Diesel's: the same call, the same binds, the same rows.

use std::marker::PhantomData;

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};
use diesel::{QueryResult, RunQueryDsl};

/// A statement; its values follow with [`Statement::bind`], in the order of `$1`, `$2`, ….
#[derive(Clone, Debug)]
#[must_use = "a statement does nothing until it is run"]
pub struct Statement {
    sql: String,
}

/// A statement with one more value.
#[derive(Clone, Debug)]
#[must_use = "a statement does nothing until it is run"]
pub struct Bound<Q, V, T> {
    query: Q,
    value: V,
    of: PhantomData<T>,
}

/// A statement whose number of values is known only when it is put together: lists with filters.
#[must_use = "a statement does nothing until it is run"]
pub struct Boxed<'f> {
    sql: String,
    values: Vec<Box<dyn QueryFragment<Pg> + Send + 'f>>,
}

struct Value<V, T>(V, PhantomData<T>);

/// A statement from text. The text must be one of a bounded number: each stays prepared on each
/// connection for as long as that lives.
pub fn sql_query(sql: impl Into<String>) -> Statement {
    Statement { sql: sql.into() }
}

impl Statement {
    /// Binds the next value.
    pub fn bind<T, V>(self, value: V) -> Bound<Self, V, T> {
        Bound {
            query: self,
            value,
            of: PhantomData,
        }
    }

    /// For a number of values that is not known here.
    pub fn into_boxed<'f>(self) -> Boxed<'f> {
        Boxed {
            sql: self.sql,
            values: Vec::new(),
        }
    }
}

impl<Q, V, T> Bound<Q, V, T> {
    /// Binds the next value.
    pub fn bind<T2, V2>(self, value: V2) -> Bound<Self, V2, T2> {
        Bound {
            query: self,
            value,
            of: PhantomData,
        }
    }
}

impl<'f> Boxed<'f> {
    /// Binds the next value.
    pub fn bind<T, V>(mut self, value: V) -> Self
    where
        Pg: HasSqlType<T>,
        V: ToSql<T, Pg> + Send + 'f,
        T: Send + 'f,
    {
        self.values.push(Box::new(Value(value, PhantomData::<T>)));
        self
    }
}

/// Diesel writes a placeholder wherever a value is bound, but ours stand in the text already. So
/// its own go behind a comment sign at the end, where they are read by nobody.
fn text<'b>(sql: &str, out: &mut AstPass<'_, 'b, Pg>) {
    out.push_sql(sql);
    out.push_sql("\n-- ");
}

impl QueryFragment<Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        text(&self.sql, &mut out);
        Ok(())
    }
}

impl<Q, V, T> QueryFragment<Pg> for Bound<Q, V, T>
where
    Q: QueryFragment<Pg>,
    Pg: HasSqlType<T>,
    V: ToSql<T, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_bind_param::<T, V>(&self.value)
    }
}

impl<V, T> QueryFragment<Pg> for Value<V, T>
where
    Pg: HasSqlType<T>,
    V: ToSql<T, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<T, V>(&self.0)
    }
}

impl QueryFragment<Pg> for Boxed<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        text(&self.sql, &mut out);
        self.values
            .iter()
            .try_for_each(|value| value.walk_ast(out.reborrow()))
    }
}

// Without an id of its own Diesel finds a statement by its text and the types of its values.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<Q, V, T> QueryId for Bound<Q, V, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl QueryId for Boxed<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}
impl<Q, V, T> Query for Bound<Q, V, T> {
    type SqlType = Untyped;
}
impl Query for Boxed<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Statement {}
impl<Q, V, T> RunQueryDsl<PgConnection> for Bound<Q, V, T> {}
impl RunQueryDsl<PgConnection> for Boxed<'_> {}
