//! SQL composed at run time, which sqlx cannot check: the only place that vouches for it.

use sqlx::{AssertSqlSafe, Postgres, postgres::PgArguments, query::Query};

/// A statement composed of table and column names that row types or PostgreSQL's catalogue declare, never of input: values
/// are bound. It is not prepared for reuse.
pub(crate) fn composed(sql: String) -> Query<'static, Postgres, PgArguments> {
    sqlx::query(AssertSqlSafe(sql)).persistent(false)
}
