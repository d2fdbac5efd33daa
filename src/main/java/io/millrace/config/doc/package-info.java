/** Writes down the options for people and editors: JSON Schema, sample file, reference page. */
@NullMarked
package io.millrace.config.doc;

import org.jspecify.annotations.NullMarked;
