/** What the file says of filters: records as written, and what is wrong with them. */
@NullMarked
package io.millrace.config.filters;

import org.jspecify.annotations.NullMarked;
