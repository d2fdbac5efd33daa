/**
 * Turns a YAML text into records whose components say what may be written; knows no option itself.
 */
@NullMarked
package io.millrace.config.option;

import org.jspecify.annotations.NullMarked;
