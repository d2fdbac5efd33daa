/** Declares the options of static files, and checks them against the file system. */
@NullMarked
package io.millrace.config.files;

import org.jspecify.annotations.NullMarked;
