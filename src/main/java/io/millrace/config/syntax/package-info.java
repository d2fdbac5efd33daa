/** Says what an address, a host pattern and a path pattern look like; knows texts only. */
@NullMarked
package io.millrace.config.syntax;

import org.jspecify.annotations.NullMarked;
