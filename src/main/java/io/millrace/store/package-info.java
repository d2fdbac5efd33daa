/** Keeps the tables of the last good generation in LMDB: the only package that knows it. */
@NullMarked
package io.millrace.store;

import org.jspecify.annotations.NullMarked;
