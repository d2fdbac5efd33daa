package io.millrace.route;

import io.millrace.config.ValueTest;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;

/** A test of one named header or query parameter; immutable, used by the conductor. */
@OwnedBy(Role.CONDUCTOR)
record FieldTest(String name, ValueTest test) {
    /** How narrow the test is, widest 1. */
    int exactness() {
        return switch (test) {
            case ValueTest.Exact ignored -> 3;
            case ValueTest.Prefix ignored -> 2;
            case ValueTest.Present ignored -> 1;
        };
    }

    /** Length of the text that is compared. */
    int length() {
        return value().length();
    }

    /** The text that is compared, empty when there is none. */
    String value() {
        return switch (test) {
            case ValueTest.Exact exact -> exact.value();
            case ValueTest.Prefix prefix -> prefix.value();
            case ValueTest.Present ignored -> "";
        };
    }

    /** One of the kinds of {@link TestLayout}. */
    int kind() {
        return switch (test) {
            case ValueTest.Exact ignored -> TestLayout.EXACT;
            case ValueTest.Prefix ignored -> TestLayout.PREFIX;
            case ValueTest.Present present ->
                    present.present() ? TestLayout.PRESENT : TestLayout.ABSENT;
        };
    }

    /** Whether everything that passes this test passes the other one too. */
    boolean implies(FieldTest other) {
        if (!name.equals(other.name)) {
            return false;
        }
        return switch (other.test) {
            case ValueTest.Exact exact -> test.equals(exact);
            case ValueTest.Prefix prefix ->
                    kind() <= TestLayout.PREFIX && value().startsWith(prefix.value());
            case ValueTest.Present present -> present.present() == (kind() != TestLayout.ABSENT);
        };
    }
}
