/** Says who owns a class and what runs hot: annotations only. */
@NullMarked
package io.millrace.roles;

import org.jspecify.annotations.NullMarked;
