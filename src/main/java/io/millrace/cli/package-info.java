/** Runs the commands of the command line, each its own class. */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
