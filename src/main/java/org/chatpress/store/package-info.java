/**
 * The database, an SQLite file and the program's only memory. The only package that knows SQL: one repository for each
 * group of tables, one statement or transaction for each method. It saves decisions that other packages made.
 */
package org.chatpress.store;
