import type { PyGlobal } from "../python/value";

/**
 * Undoes the names of Python 2 that Python 3 still writes in protocols 0 to 2, and that it reads in no other (CPython
 * Lib/_compat_pickle.py; `find_class` in Lib/pickle.py). A user's own module `commands` keeps its name in the later ones.
 */
export function modernGlobal(module: string, qualname: string, protocol: number): PyGlobal {
  if (protocol >= 3 || module.length > 40) return { kind: "global", module, qualname };
  const moved = movedNames.get(module)?.get(qualname);
  if (moved !== undefined) return { kind: "global", ...moved };
  return { kind: "global", module: renamedModules.get(module) ?? module, qualname };
}

const renamedModules = new Map(
  (
    "__builtin__=builtins exceptions=builtins copy_reg=copyreg Queue=queue SocketServer=socketserver ConfigParser=configparser repr=reprlib " +
    "markupbase=_markupbase thread=_thread dumbdbm=dbm.dumb dbm=dbm.ndbm gdbm=dbm.gnu anydbm=dbm whichdb=dbm xmlrpclib=xmlrpc.client " +
    "SimpleXMLRPCServer=xmlrpc.server DocXMLRPCServer=xmlrpc.server httplib=http.client htmlentitydefs=html.entities " +
    "HTMLParser=html.parser Cookie=http.cookies cookielib=http.cookiejar BaseHTTPServer=http.server SimpleHTTPServer=http.server " +
    "CGIHTTPServer=http.server commands=subprocess urlparse=urllib.parse robotparser=urllib.robotparser urllib2=urllib.request " +
    "_abcoll=collections.abc cPickle=pickle _elementtree=xml.etree.ElementTree UserDict=collections UserList=collections " +
    "UserString=collections StringIO=io cStringIO=io Tkinter=tkinter ttk=tkinter.ttk"
  )
    .split(" ")
    .map((pair) => pair.split("=") as [string, string]),
);

/** Old module to new module to names: `old` where it was renamed as `old>new`. */
const movedNames = new Map(
  Object.entries({
    __builtin__: "builtins:xrange>range,unichr>chr,unicode>str,basestring>str,long>int functools:reduce sys:intern",
    itertools: "builtins:izip>zip,imap>map,ifilter>filter itertools:ifilterfalse>filterfalse,izip_longest>zip_longest",
    UserDict: "collections:IterableUserDict>UserDict",
    exceptions: "builtins:StandardError>Exception",
    socket: "socket:_socketobject>SocketType",
    _socket: "socket:fromfd",
    _multiprocessing: "multiprocessing.connection:Connection",
    "multiprocessing.process": "multiprocessing.context:Process",
    multiprocessing: "multiprocessing.context:AuthenticationError,BufferTooShort,ProcessError,TimeoutError",
    urllib:
      "urllib.error:ContentTooShortError urllib.request:getproxies,pathname2url,url2pathname,urlcleanup,urlopen,urlretrieve " +
      "urllib.parse:quote_plus,quote,unquote_plus,unquote,urlencode",
    urllib2: "urllib.error:HTTPError,URLError",
  }).map(([old, moves]) => {
    const names = moves.split(" ").flatMap((part) => {
      const [module = "", list = ""] = part.split(":");
      return list.split(",").map((one) => {
        const [from = "", to = from] = one.split(">");
        return [from, { module, qualname: to }] as const;
      });
    });
    return [old, new Map(names)] as const;
  }),
);
