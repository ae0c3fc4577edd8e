//! Upstream services, one module each; of the database they know only the budget and the raw answers.

pub mod f1db;
pub mod http;
pub mod jolpica;
pub mod manners;
pub mod openf1;
