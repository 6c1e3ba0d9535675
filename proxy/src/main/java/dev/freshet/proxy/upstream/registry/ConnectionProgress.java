package dev.freshet.proxy.upstream.registry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** How far a call has come on its way to an answer; may be asked by any thread. */
public final class ConnectionProgress extends EventListener {

    private volatile Stage stage = Stage.NAME;
    private volatile String address = "";
    private volatile String connection = "plain";

    /** What is done, one after the other. */
    public enum Stage {

        /** Its name is being resolved. */
        NAME,
        /** It is being connected, and TLS agreed on. */
        CONNECTION,
        /** It has been asked. */
        ANSWER
    }

    ConnectionProgress() {}

    /** What is being done. */
    public Stage stage() {
        return stage;
    }

    /** The first address that the name stands for, and how many more there are; empty before that is known. */
    public String address() {
        return address;
    }

    /** The version of TLS, or that there is none. */
    public String connection() {
        return connection;
    }

    @Override
    public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
        String more = addresses.size() > 1 ? " +" + (addresses.size() - 1) : "";
        address = addresses.isEmpty() ? "" : addresses.getFirst().getHostAddress() + more;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress socketAddress, Proxy proxy) {
        stage = Stage.CONNECTION;
        InetAddress resolved = socketAddress.getAddress();
        if (address.isEmpty() && resolved != null) {
            address = resolved.getHostAddress();
        }
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        connection = handshake == null ? connection : handshake.tlsVersion().javaName();
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress socketAddress, Proxy proxy, @Nullable Protocol protocol) {
        stage = Stage.ANSWER;
    }

    @Override
    public void connectionAcquired(Call call, Connection used) {
        stage = Stage.ANSWER;
    }
}
