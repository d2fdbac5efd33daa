package io.millrace.route;

/** Is told the steps of a look-up, for explanations; called on the thread that looks up. */
public interface MatchTrace {
    /** The routes of these hosts are tried next; the text is {@code *} for the default host. */
    void host(String host);

    /** A route whose host and path fit won. */
    void won(int route);

    /** A route whose host and path fit lost because it does not admit the method. */
    void lostAtMethod(int route);

    /** A route whose host, path and method fit lost at this header or query test. */
    void lostAtTest(int route, String test);
}
