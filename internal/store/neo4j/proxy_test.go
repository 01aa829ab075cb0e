package neo4j_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between a store and the server, and does to the connection what a bad network does.
type proxy struct {
	url    string
	target string
	l      net.Listener

	mu     sync.Mutex
	conns  []net.Conn
	refuse bool          // new connections are closed at once
	hold   bool          // nothing passes any longer, and nobody is told
	delay  time.Duration // before what the server says passes
	onData func(toServer bool, data []byte) (cut bool)
	alter  func(data []byte) []byte // what the server says
	done   sync.WaitGroup
}

func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{url: "bolt://" + l.Addr().String(), target: strings.TrimPrefix(url, "bolt://"), l: l}
	p.done.Go(p.accept)
	t.Cleanup(func() {
		l.Close()
		p.cut()
		p.done.Wait()
	})
	return p
}

func (p *proxy) accept() {
	for {
		client, err := p.l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		refuse := p.refuse
		p.mu.Unlock()
		server, err := net.Dial("tcp", p.target)
		if refuse || err != nil {
			client.Close()
			if err == nil {
				server.Close()
			}
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		p.done.Go(func() { p.copy(server, client, true) })
		p.done.Go(func() { p.copy(client, server, false) })
	}
}

func (p *proxy) copy(to, from net.Conn, toServer bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		p.mu.Lock()
		hold, delay, onData, alter := p.hold, p.delay, p.onData, p.alter
		p.mu.Unlock()
		if onData != nil && onData(toServer, buffer[:n]) {
			return
		}
		if hold {
			_, _ = io.Copy(io.Discard, from) // until the connection is cut
			return
		}
		if !toServer && delay > 0 {
			time.Sleep(delay)
		}
		data := buffer[:n]
		if !toServer && alter != nil {
			data = alter(data)
		}
		if _, err := to.Write(data); err != nil {
			return
		}
	}
}

// set changes how the proxy behaves.
func (p *proxy) set(change func(*proxy)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// strike acts, once, when a message passes to the server, or when its answer passes back. What
// passes is held meanwhile, and lost with its connection then.
func (p *proxy) strike(message []byte, answered bool, act func()) {
	var mu sync.Mutex
	var sent, struck bool
	p.set(func(p *proxy) {
		p.onData = func(toServer bool, data []byte) bool {
			mu.Lock()
			defer mu.Unlock()
			now := sent && answered && !toServer
			sent = sent || toServer && bytes.Contains(data, message)
			now = now || sent && !answered
			if !now || struck {
				return false
			}
			struck = true
			act()
			return true
		}
	})
}

// cut closes all connections.
func (p *proxy) cut() {
	p.set(func(p *proxy) {
		for _, c := range p.conns {
			c.Close()
		}
		p.conns = nil
	})
}
