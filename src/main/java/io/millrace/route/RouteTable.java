package io.millrace.route;

import io.millrace.http.RequestHead;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * All routes of one generation, read where their image lies; immutable, safe from any thread.
 *
 * <p>One table serves every shard: a look-up keeps its state in the {@link RouteMatch} alone. The
 * memory of the image must outlive the table.
 */
@OwnedBy(Role.ANY)
public final class RouteTable {
    /** A route takes the request. */
    public static final int FOUND = 1;

    /** No route has the path, or those that have it and admit the method fail at another test. */
    public static final int NOT_FOUND = 0;

    /** Some route has the path, none of those that have it admits the method. */
    public static final int METHOD_NOT_ALLOWED = -1;

    private final UnsafeBuffer image;
    private final RouteMatcher matcher;
    private final int routes;
    private final int routeCount;
    private final int upstreams;

    /** Reads an image in place; {@link IllegalArgumentException} says what is wrong with it. */
    public RouteTable(DirectBuffer image) {
        RouteImage.check(image);
        this.image = new UnsafeBuffer(image);
        RouteImageCheck.check(this.image);
        matcher = new RouteMatcher(this.image);
        routes = image.getInt(RouteImage.ROUTES_OFFSET);
        routeCount = image.getInt(RouteImage.ROUTE_COUNT_OFFSET);
        upstreams = image.getInt(RouteImage.UPSTREAMS_OFFSET);
    }

    /**
     * Finds the most specific route that takes the request.
     *
     * @param head the request; its host, method, fields and query are read
     * @param path where the normalised path lies; an empty one is taken as {@code /}
     * @param out receives the route, its parameters, or the methods that would be admitted
     * @return {@link #FOUND}, {@link #NOT_FOUND} or {@link #METHOD_NOT_ALLOWED}
     */
    public int match(
            RequestHead head, UnsafeBuffer path, int pathOffset, int pathLength, RouteMatch out) {
        out.start(path, pathOffset, pathLength);
        if (matcher.matchHosts(head, out)) {
            return FOUND;
        }
        return out.methodMatched || out.allowedMethods == 0 ? NOT_FOUND : METHOD_NOT_ALLOWED;
    }

    /** How many routes there are. */
    public int routeCount() {
        return routeCount;
    }

    /** The route's name. */
    public String name(int route) {
        return RecordLayout.text(image, entry(route) + RecordLayout.NAME_OFFSET);
    }

    /** The route's index in the list of upstreams, -1 when it has none. */
    public int upstream(int route) {
        return image.getInt(entry(route) + RecordLayout.UPSTREAM_OFFSET);
    }

    /** The name of the route's upstream, empty when it answers by itself. */
    public String upstreamName(int route) {
        int upstream = upstream(route);
        return upstream < 0
                ? ""
                : RecordLayout.text(image, upstreams + upstream * RecordLayout.TEXT_STRIDE);
    }

    /** The route's index in the list of sites, -1 when it serves no files. */
    public int site(int route) {
        return image.getInt(entry(route) + RecordLayout.SITE_OFFSET);
    }

    /** The directory whose files the route serves, empty when it serves none. */
    public String filesRoot(int route) {
        return RecordLayout.text(image, entry(route) + RecordLayout.ROOT_OFFSET);
    }

    /** Status of the route's own answer, 0 when it has none. */
    public int respondStatus(int route) {
        return image.getInt(entry(route) + RecordLayout.STATUS_OFFSET);
    }

    /** Where the body of the route's own answer lies in {@link #image()}. */
    public int respondBodyOffset(int route) {
        return image.getInt(entry(route) + RecordLayout.BODY_OFFSET);
    }

    /** Length of the body of the route's own answer. */
    public int respondBodyLength(int route) {
        return image.getInt(entry(route) + RecordLayout.BODY_OFFSET + 4);
    }

    /** Where the content type of the route's own answer lies in {@link #image()}. */
    public int contentTypeOffset(int route) {
        return image.getInt(entry(route) + RecordLayout.CONTENT_TYPE_OFFSET);
    }

    /** Length of the content type of the route's own answer. */
    public int contentTypeLength(int route) {
        return image.getInt(entry(route) + RecordLayout.CONTENT_TYPE_OFFSET + 4);
    }

    /** Everything about a route in words. */
    public RouteDescription describe(int route) {
        return RouteDescription.read(this, entry(route), route);
    }

    /** The image itself. */
    public UnsafeBuffer image() {
        return image;
    }

    private int entry(int route) {
        if (route < 0 || route >= routeCount) {
            throw new IndexOutOfBoundsException("route " + route + " of " + routeCount);
        }
        return routes + route * RecordLayout.STRIDE;
    }
}
