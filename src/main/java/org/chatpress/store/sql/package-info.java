/**
 * SQL on SQLite and PostgreSQL: connections, prepared statements, transactions, the schema and its migrations, and the
 * locks that keep a second writer out. Every exception of JDBC becomes a {@link org.chatpress.error.StoreException}
 * here. Knows nothing of what the tables mean.
 */
package org.chatpress.store.sql;
