//! Upstream services, one module each; nothing here touches the database.

pub mod f1db;
pub mod http;
