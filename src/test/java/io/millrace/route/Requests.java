package io.millrace.route;

import io.millrace.http.MethodId;
import io.millrace.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;

/** Makes request heads for tests as the codec would; used by one test at a time. */
final class Requests {
    private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
    private int position;

    private Requests() {}

    /** Fields are written {@code name: value}; target is a path with an optional query. */
    static RequestHead head(String method, String host, String target, List<String> fields) {
        Requests requests = new Requests();
        RequestHead head = new RequestHead(100);
        head.method = MethodId.of(method);
        head.methodOffset = requests.put(method);
        head.methodLength = method.length();
        head.hostOffset = requests.put(host);
        head.hostLength = host.length();
        if (target.equals("*")) {
            head.targetForm = RequestHead.ASTERISK_FORM;
        } else {
            int question = target.indexOf('?');
            String path = question < 0 ? target : target.substring(0, question);
            head.pathOffset = requests.put(path);
            head.pathLength = path.length();
            head.queryLength = question < 0 ? -1 : target.length() - question - 1;
            head.queryOffset = requests.put(question < 0 ? "" : target.substring(question + 1));
        }
        for (String field : fields) {
            int colon = field.indexOf(": ");
            int offset = requests.put(field);
            head.headers.add(0, offset, colon, offset + colon + 2, field.length() - colon - 2);
        }
        head.bytes.wrap(requests.bytes.byteArray(), 0, requests.position);
        return head;
    }

    private int put(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        bytes.putBytes(position, encoded);
        position += encoded.length;
        return position - encoded.length;
    }
}
